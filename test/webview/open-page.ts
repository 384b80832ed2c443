import { readFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { build } from 'esbuild';
import type { Browser, Page } from 'playwright-core';
import { SessionConversation } from '../../src/extension/session-conversation.ts';
import { sessionHtml } from '../../src/extension/session-html.ts';
import { SiteIndex } from '../../src/timeline/site-index.ts';
import type { Timeline } from '../../src/timeline/timeline.ts';
import type { FromPage, PageState, ToPage } from '../../webview/messages.ts';
import { THEMES } from './themes.ts';

/** Everything served from one origin, as a webview's resources are. */
export interface Site {
  readonly origin: string;
  close(): Promise<void>;
}

const standIn = readFileSync(new URL('vscode-stand-in.js', import.meta.url), 'utf8');
const NONCE = 'dGVzdC1ub25jZQ';

/** The page as it is shipped, bundled anew. */
export async function serveSite(): Promise<Site> {
  const { outputFiles } = await build({
    entryPoints: [
      { in: root('webview/session/main.ts'), out: 'session' },
      { in: root('webview/session/session.css'), out: 'session' },
    ],
    outdir: 'out',
    bundle: true,
    format: 'iife',
    minify: true,
    target: 'chrome120',
    write: false,
    logLevel: 'silent',
  });
  const file = (ending: string): string => outputFiles.find(({ path }) => path.endsWith(ending))!.text;
  const bodies: Readonly<Record<string, readonly [type: string, body: () => string]>> = {
    '/session.js': ['text/javascript', () => file('.js')],
    '/session.css': ['text/css', () => file('.css')],
    '/favicon.ico': ['image/x-icon', () => ''],
    '/': [
      'text/html',
      () => sessionHtml({ script: '/session.js', style: '/session.css', cspSource: origin, nonce: NONCE }),
    ],
  };
  const server: Server = createServer((request, response) => {
    const found = bodies[request.url ?? ''];
    response.writeHead(found ? 200 : 404, { 'content-type': `${found?.[0] ?? 'text/plain'}; charset=utf-8` });
    response.end(found?.[1]() ?? '');
  });
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve));
  const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return {
    origin,
    close: () =>
      new Promise(resolve => {
        server.closeAllConnections();
        server.close(() => resolve());
      }),
  };
}

/** The shipped bundles' sizes in bytes. */
export function bundleSizes(): { readonly js: number; readonly css: number } {
  return {
    js: readFileSync(root('dist/webview/session.js')).length,
    css: readFileSync(root('dist/webview/session.css')).length,
  };
}

const root = (path: string): string => new URL(`../../${path}`, import.meta.url).pathname;

/** A session page in the browser, with the extension's own side at the other end. */
export interface OpenPage {
  readonly page: Page;
  readonly conversation: SessionConversation;
  /** What the page asked of the editor around it. */
  readonly asked: string[];
  /** What the page said, in order. */
  readonly said: FromPage[];
  /** Violations of the policy and errors of any kind. */
  readonly faults: string[];
  post(message: ToPage): Promise<void>;
}

export interface OpenOptions {
  readonly theme?: keyof typeof THEMES;
  readonly state?: PageState;
  readonly readOnly?: boolean;
  readonly size?: { readonly width: number; readonly height: number };
}

/**
 * Opens a page. Only what VS Code itself brings is imitated: `acquireVsCodeApi`, the theme's class and variables.
 */
export async function openPage(
  browser: Browser,
  site: Site,
  timeline: Timeline,
  options: OpenOptions = {},
): Promise<OpenPage> {
  const context = await browser.newContext({
    viewport: options.size ?? { width: 1280, height: 860 },
    reducedMotion: 'reduce',
  });
  const page = await context.newPage();
  const faults: string[] = [];
  const asked: string[] = [];
  const said: FromPage[] = [];
  page.on('pageerror', error => faults.push(`error: ${error.message}`));
  page.on('console', message => {
    // Reading pixels is the test's doing.
    if (/error|warning/.test(message.type()) && !/getImageData/.test(message.text()))
      faults.push(`${message.type()}: ${message.text()}`);
  });
  page.on('requestfinished', request => {
    if (new URL(request.url()).origin !== site.origin) faults.push(`request: ${request.url()}`);
  });
  const post = async (message: ToPage): Promise<void> => {
    await page.evaluate(`window.postMessage(${JSON.stringify(message)}, '*')`);
  };
  const conversation = new SessionConversation(
    { timeline, sites: new SiteIndex(timeline) },
    {
      post: message => void post(message).catch(closed),
      selected: (step, follow) => asked.push(`selected ${step}${follow ? ' with the debugger' : ''}`),
      openSite: ({ file, line }) => asked.push(`site ${file}:${line}`),
      openDocument: step => asked.push(`document ${step}`),
      debug: step => asked.push(`debug ${step}`),
      fork: step => asked.push(`fork ${step}`),
    },
    options.readOnly ?? false,
  );
  await page.exposeFunction('toExtension', (message: FromPage) => {
    said.push(message);
    conversation.take(message);
  });
  await page.exposeFunction('fault', (text: string) => faults.push(text));
  const given = JSON.stringify({ theme: THEMES[options.theme ?? 'dark'], state: options.state });
  await page.addInitScript(`${standIn}; standInForVsCode(${given});`);
  await page.goto(site.origin);
  await page.waitForSelector('.page');
  return { page, conversation, asked, said, faults, post };
}

/** The browser may be gone before the last answer. */
function closed(error: unknown): void {
  if (!/closed|destroyed|navigat/i.test(String(error))) throw error;
}
