import { existsSync } from 'node:fs';
import { type Browser, chromium } from 'playwright-core';

const CHROMIUM = process.env.REWIND_CHROMIUM ?? '/usr/bin/chromium';

/** False, or why there is no browser here. */
export const withoutBrowser: string | false = existsSync(CHROMIUM) ? false : `no Chromium at ${CHROMIUM}`;

export function startBrowser(): Promise<Browser> {
  return chromium.launch({
    executablePath: CHROMIUM,
    args: [
      '--no-sandbox',
      '--disable-gpu',
      '--disable-quic',
      '--no-first-run',
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-sync',
    ],
  });
}
