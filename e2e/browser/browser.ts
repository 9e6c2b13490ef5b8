import { existsSync } from 'node:fs';
import type { Browser } from 'playwright-core';

/** Where Debian and Ubuntu have it. */
export const CHROMIUM = '/usr/bin/chromium';

export function hasChromium(): boolean {
  return existsSync(CHROMIUM);
}

/** It asks nothing of any other machine. */
export async function launchChromium(): Promise<Browser> {
  // Loaded late, since it may have to be installed first.
  const { chromium } = await import('playwright-core');
  return chromium.launch({
    executablePath: CHROMIUM,
    chromiumSandbox: false,
    args: [
      '--disable-gpu',
      '--disable-quic',
      '--no-first-run',
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-sync',
    ],
  });
}
