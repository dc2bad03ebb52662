import { existsSync } from 'node:fs';
import { BenchError } from './alternate.mjs';

/** Debian's, or one that the environment names. */
const CHROMIUM = process.env.SLIDELOOM_CHROMIUM ?? '/usr/bin/chromium';

/** Headless Chromium. Without its sandbox, which can't be built in a container that runs as root. @throws BenchError without it */
export async function openBrowser() {
  if (!existsSync(CHROMIUM)) throw new BenchError(`${CHROMIUM} is missing: apt-get install chromium`);
  const { chromium } = await import('playwright-core');
  return chromium.launch({ executablePath: CHROMIUM, args: ['--no-sandbox'] });
}
