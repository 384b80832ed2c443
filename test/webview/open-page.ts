import { readFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import type { Browser, Page } from 'playwright-core';
import { SessionConversation } from '../../src/extension/session-conversation.ts';
import { sessionHtml } from '../../src/extension/session-html.ts';
import { SiteIndex } from '../../src/timeline/site-index.ts';
import type { Timeline } from '../../src/timeline/timeline.ts';
import type { FromPage, PageState, ToPage } from '../../webview/session/messages.ts';
import { THEMES } from './themes.ts';

/** Everything served from one origin, as a webview's resources are. */
export interface Site {
  readonly origin: string;
  close(): Promise<void>;
}

const standIn = readFileSync(new URL('vscode-stand-in.js', import.meta.url), 'utf8');
const NONCE = 'dGVzdC1ub25jZQ';

/** A page as it is shipped, bundled anew. `name`: its folder. */
export async function serveSite(name: 'session' | 'bisect' | 'mutate' = 'session'): Promise<Site> {
  const { outputFiles } = await build({
    entryPoints: [
      { in: root(`webview/${name}/main.ts`), out: 'page' },
      { in: root(`webview/${name}/${name}.css`), out: 'page' },
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
    '/page.js': ['text/javascript', () => file('.js')],
    '/page.css': ['text/css', () => file('.css')],
    '/favicon.ico': ['image/x-icon', () => ''],
    '/': [
      'text/html',
      () => sessionHtml({ script: '/page.js', style: '/page.css', cspSource: origin, nonce: NONCE }),
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

const root = (path: string): string => fileURLToPath(new URL(`../../${path}`, import.meta.url));

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
  const asked: string[] = [];
  const said: FromPage[] = [];
  const webview = await newWebview<FromPage, ToPage>(browser, site, options);
  const { page, faults, post } = webview;
  const conversation = new SessionConversation(
    { timeline, sites: new SiteIndex(timeline) },
    {
      post: message => void post(message),
      selected: (step, follow) => asked.push(`selected ${step}${follow ? ' with the debugger' : ''}`),
      openSite: ({ file, line }) => asked.push(`site ${file}:${line}`),
      openDocument: step => asked.push(`document ${step}`),
      debug: step => asked.push(`debug ${step}`),
      fork: step => asked.push(`fork ${step}`),
    },
    options.readOnly ?? false,
  );
  await webview.open(message => {
    said.push(message);
    conversation.take(message);
  });
  return { page, conversation, asked, said, faults, post };
}

/** An empty webview, before its page is loaded. */
export interface Webview<Said, Told> {
  readonly page: Page;
  /** Violations of the policy and errors of any kind. */
  readonly faults: string[];
  post(message: Told): Promise<void>;
  open(take: (message: Said) => void): Promise<void>;
}

export async function newWebview<Said, Told>(
  browser: Browser,
  site: Site,
  { size, theme = 'dark', state }: Omit<OpenOptions, 'state'> & { readonly state?: object },
): Promise<Webview<Said, Told>> {
  const context = await browser.newContext({
    viewport: size ?? { width: 1280, height: 860 },
    reducedMotion: 'reduce',
  });
  const page = await context.newPage();
  const faults: string[] = [];
  page.on('pageerror', error => faults.push(`error: ${error.message}`));
  page.on('console', message => {
    // Reading pixels is the test's doing.
    if (/error|warning/.test(message.type()) && !/getImageData/.test(message.text()))
      faults.push(`${message.type()}: ${message.text()}`);
  });
  page.on('requestfinished', request => {
    if (new URL(request.url()).origin !== site.origin) faults.push(`request: ${request.url()}`);
  });
  return {
    page,
    faults,
    post: message => page.evaluate<void>(`window.postMessage(${JSON.stringify(message)}, '*')`).catch(closed),
    open: async take => {
      await page.exposeFunction('toExtension', take);
      await page.exposeFunction('fault', (text: string) => faults.push(text));
      const given = JSON.stringify({ theme: THEMES[theme], state });
      await page.addInitScript(`${standIn}; standInForVsCode(${given});`);
      await page.goto(site.origin);
      await page.waitForSelector('.page');
    },
  };
}

/** The browser may be gone before the last answer. */
function closed(error: unknown): void {
  if (!/closed|destroyed|navigat/i.test(String(error))) throw error;
}
