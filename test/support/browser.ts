import { existsSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { type Browser, type BrowserContextOptions, chromium, type Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect } from 'vitest';
import type { Pane } from '../../src/viewer/page/pane/pane.ts';
import { ROOT, skipLoudly } from './shared-data.ts';

/** Debian's, or one that the environment names. */
const CHROMIUM = process.env['SLIDELOOM_CHROMIUM'] ?? '/usr/bin/chromium';
/** Where pictures of the page go, for people to look at; none are taken without it. */
const SCREENSHOTS = process.env['SLIDELOOM_SCREENSHOTS'];

/** A page that is watched: each test ends with `expectQuiet`. */
export interface WatchedPage {
  readonly page: Page;
  /** What the console said of errors and warnings, what was thrown, and requests that left the server's origin. */
  readonly complaints: string[];
  /** Every address asked for, in order. */
  readonly requests: string[];
  /** No complaints, but those that match: a test of a bad tile has one. */
  expectQuiet(but?: RegExp): void;
  /** Into SLIDELOOM_SCREENSHOTS, where that is set. */
  screenshot(name: string): Promise<void>;
}

/** The one browser of a test file. */
export interface TestBrowser {
  /** A page of its own, with nothing kept from others, in which slides move at once. `address`: with the server's origin, to which its requests must keep. */
  open(address: string, options?: BrowserContextOptions): Promise<WatchedPage>;
}

/** A suite that looks at the built page: with Chromium and dist/, skipped loudly without, failed in CI. */
export function describeWithBrowser(name: string, suite: (browser: TestBrowser) => void): void {
  const missing = findMissing();
  if (missing !== undefined) {
    skipLoudly(name, missing);
    return;
  }
  describe(name, () => {
    let browser: Browser;
    beforeAll(async () => {
      // Tests run as root, in containers without user namespaces, where Chromium can't build its sandbox.
      browser = await chromium.launch({
        executablePath: CHROMIUM,
        args: ['--no-sandbox', '--force-color-profile=srgb'],
      });
    });
    afterAll(() => browser?.close());
    suite({ open: (address, options) => openPage(browser, address, options) });
  });
}

function findMissing(): string | undefined {
  if (!existsSync(CHROMIUM)) return `chromium (${CHROMIUM})`;
  return existsSync(join(ROOT, 'dist/viewer/page/index.html')) ? undefined : 'the built page: npm run build';
}

async function openPage(browser: Browser, address: string, options: BrowserContextOptions = {}): Promise<WatchedPage> {
  const context = await browser.newContext({
    viewport: { width: 1280, height: 800 },
    deviceScaleFactor: 1,
    reducedMotion: 'reduce',
    ...options,
  });
  const page = await context.newPage();
  const { complaints, requests } = watch(page, new URL(address).origin);
  await page.goto(address);
  return {
    page,
    complaints,
    requests,
    expectQuiet: (but) => expect(complaints.filter((one) => !but?.test(one))).toEqual([]),
    screenshot: async (name) => {
      if (SCREENSHOTS === undefined) return;
      mkdirSync(SCREENSHOTS, { recursive: true });
      await page.screenshot({ path: join(SCREENSHOTS, `${name}.png`) });
    },
  };
}

function watch(page: Page, origin: string): { complaints: string[]; requests: string[] } {
  const complaints: string[] = [];
  const requests: string[] = [];
  page.on('console', (message) => {
    if (['error', 'warning'].includes(message.type())) complaints.push(`${message.type()}: ${message.text()}`);
  });
  page.on('pageerror', (error) => complaints.push(`thrown: ${error.stack ?? error.message}`));
  page.on('request', (request) => {
    const { protocol, origin: asked } = new URL(request.url());
    if (protocol === 'data:' || protocol === 'blob:') return;
    requests.push(request.url());
    if (asked !== origin) complaints.push(`left the origin: ${request.url()}`);
  });
  return { complaints, requests };
}

/** Waits until the slide in pane `index` stands still, with all its tiles. */
export async function waitForTiles(page: Page, index = 0): Promise<void> {
  await page.waitForFunction((at) => {
    const viewer = window.slideloom?.panes[at]?.viewer;
    if (!viewer?.getFullyLoaded()) return false;
    const [now, then] = [viewer.viewport.getBounds(true), viewer.viewport.getBounds(false)];
    return Math.hypot(now.x - then.x, now.y - then.y, now.width - then.width) < 1e-9;
  }, index);
  await page.evaluate(() => new Promise((resolve) => requestAnimationFrame(() => requestAnimationFrame(resolve))));
}

/** Waits until all layers that are shown are drawn as they are wanted. */
export async function waitForLayers(page: Page): Promise<void> {
  await page.waitForFunction(() => {
    const shown = [...document.querySelectorAll('.layer')].filter((row) => row.querySelector('input:checked'));
    return shown.length > 0 && shown.every((row) => row.getAttribute('data-state') === 'ready');
  });
  await waitForTiles(page);
}

/** A box of CSS pixels of a pane's canvas, as RGBA, at device pixel ratio 1. */
export async function readCanvas(
  page: Page,
  { x, y, width, height }: { x: number; y: number; width: number; height: number },
  index = 0,
): Promise<Uint8Array> {
  const text = await page.evaluate(
    ({ index, ...box }) => {
      const canvas = document.querySelectorAll<HTMLCanvasElement>(
        '.pane .pane-canvas > div > .openseadragon-canvas > canvas',
      )[index];
      // Read from a copy: the page's own canvas stays what it is, however often it is looked at.
      const copy = new OffscreenCanvas(box.width, box.height).getContext('2d', { willReadFrequently: true });
      if (canvas) copy?.drawImage(canvas, -box.x, -box.y);
      const { data } = copy?.getImageData(0, 0, box.width, box.height) ?? { data: [] };
      return btoa(Array.from(data, (byte) => String.fromCharCode(byte)).join(''));
    },
    { x, y, width, height, index },
  );
  return Uint8Array.from(Buffer.from(text, 'base64'));
}

declare global {
  interface Window {
    /** What the page shows of itself to tests and to a browser's console: see src/viewer/page/main.tsx. */
    readonly slideloom?: {
      readonly panes: readonly Pane[];
    };
  }
}
