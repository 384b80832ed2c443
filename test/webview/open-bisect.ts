import type { Browser } from 'playwright-core';
import { examineSessions } from '../../src/bisect/bisect.ts';
import type { Report } from '../../src/bisect/report.ts';
import { type BisectActions, BisectConversation } from '../../src/extension/bisect-conversation.ts';
import { type Memory, VerifiedBisects } from '../../src/extension/verified-bisects.ts';
import type { BisectState, FromBisectPage, ToBisectPage } from '../../webview/bisect/messages.ts';
import { newWebview, type OpenOptions, type Site, type Webview } from './open-page.ts';
import type { TwoRuns } from './two-runs.ts';

export interface OpenBisect extends Webview<FromBisectPage, ToBisectPage> {
  readonly conversation: BisectConversation;
  /** What the panel asked of the editor and the engine. */
  readonly asked: string[];
}

export interface BisectOptions extends Omit<OpenOptions, 'state'> {
  readonly state?: Partial<BisectState>;
  readonly trusted?: boolean;
  /** In place of running both again. */
  readonly verify?: BisectActions['verify'];
  readonly verified?: BisectActions['verified'];
}

/** The bisect panel in the browser, with the extension's own side and the real comparison at the other end. */
export async function openBisect(
  browser: Browser,
  site: Site,
  runs: TwoRuns,
  { trusted = true, verify, verified = new VerifiedBisects(memory()), ...options }: BisectOptions = {},
): Promise<OpenBisect> {
  const webview = await newWebview<FromBisectPage, ToBisectPage>(browser, site, options);
  const asked: string[] = [];
  const conversation = new BisectConversation({
    post: message => void webview.post(message),
    trusted,
    runs: async () => runs,
    compare: async () => reportOf(runs),
    verify: verify ?? (async () => reportOf(runs)),
    verified,
    openSite: async ({ file, line }) => void asked.push(`site ${file}:${line}`),
    openStep: (side, step) => void asked.push(`step ${side} ${step}`),
    debug: async step => void asked.push(`debug ${step}`),
    copy: async markdown => void asked.push(`copy ${markdown}`),
    unignore: async rule => void asked.push(`unignore ${JSON.stringify(rule)}`),
    ignore: async rule => void asked.push(`ignore ${JSON.stringify(rule)}`),
  });
  await webview.open(message => void conversation.take(message));
  await webview.page.waitForSelector('.pair-pane');
  return { ...webview, conversation, asked };
}

/** What the editor keeps of a workspace. */
export function memory(): Memory {
  const values = new Map<string, string>();
  return {
    get: key => {
      const text = values.get(key);
      return text === undefined ? undefined : JSON.parse(text);
    },
    update: async (key, value) => void values.set(key, JSON.stringify(value)),
  };
}

/** As the engine gives it: JSON, and back. */
export function reportOf({ good, bad }: TwoRuns): Report {
  return JSON.parse(JSON.stringify(examineSessions(good.session, bad.session).report)) as Report;
}
