import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { decodeImage } from '../../src/io/encode-image.ts';
import { openSlide } from '../../src/slide/open-slide.ts';
import { serveViewer, type ViewerServer } from '../../src/viewer/serve-viewer.ts';
import { describeWithBrowser, readCanvas, waitForTiles } from '../support/browser.ts';
import { measureDifference } from '../support/compare-rasters.ts';
import { writeJpegSlide } from '../support/jpeg-slide.ts';
import { sharedPath } from '../support/shared-data.ts';

const SVS = sharedPath('data/wsi/CMU-1-Small-Region.svs');
const ID = 'CMU-1-Small-Region';
const MPP = 0.499;
/** Inside the pane and clear of what lies over it. */
const CROP = { x: 300, y: 150, width: 400, height: 320 };

/** @returns how opaque the middle of the overview is */
function readOverview(): number | undefined {
  const canvas = document.querySelector<HTMLCanvasElement>('.navigator canvas');
  const context = new OffscreenCanvas(1, 1).getContext('2d');
  if (!canvas || !context) return undefined;
  context.drawImage(canvas, canvas.width / 2, canvas.height / 2, 1, 1, 0, 0, 1, 1);
  return context.getImageData(0, 0, 1, 1).data[3];
}

describeWithBrowser('a slide in the browser', (browser) => {
  let server: ViewerServer;
  let folder: string;
  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'pane-'));
    // 3 x 3 tiles, of which the one in the middle is no JPEG.
    const kind = (col: number, row: number) => (col === 1 && row === 1 ? 'noise' : 'baseline');
    await writeJpegSlide(join(folder, 'bad.tif'), { width: 768, height: 768, tile: 256, kind });
    writeFileSync(join(folder, 'half.tif'), 'half of a slide');
    const slides = [SVS, join(folder, 'bad.tif'), join(folder, 'half.tif')];
    server = await serveViewer({ slides, workers: 0, showLabel: true });
  });
  afterAll(async () => {
    await server?.close();
    rmSync(folder, { recursive: true, force: true });
  });
  const locate = (slide: string, query = '') => `${server.url}#/slide/${slide}${query}`;

  it('shows the pixels of readRegion at 1:1, and saves them', async () => {
    const { page, expectQuiet } = await browser.open(locate(ID, `?x=1201&y=1400&mpp=${MPP}`));
    await waitForTiles(page);
    const at = await page.evaluate(() => window.slideloom?.panes[0]?.toSlide({ x: 0, y: 0 }));
    const [left, top] = [Math.round(at?.x ?? 0) + CROP.x, Math.round(at?.y ?? 0) + CROP.y];
    await using slide = await openSlide(SVS);
    const stored = await slide.readRegion({ level: 0, ...CROP, x: left, y: top });
    // Chromium decodes JPEG with the library that readRegion follows bit for bit.
    expect(measureDifference(toRaster(await readCanvas(page, CROP), CROP), stored).largest).toBe(0);

    await page.keyboard.press('s');
    await page.mouse.move(CROP.x, CROP.y + 44);
    await page.mouse.down();
    await page.mouse.move(CROP.x + CROP.width, CROP.y + 44 + CROP.height);
    await page.mouse.up();
    await page.getByRole('checkbox', { name: 'Scale bar' }).uncheck();
    const [download] = await Promise.all([page.waitForEvent('download'), page.getByText('Save as PNG').click()]);
    expect(download.suggestedFilename()).toBe(`${ID}_${left}_${top}_${CROP.width}_${CROP.height}.png`);
    const saved = await decodeImage(readFileSync(await download.path()));
    expect(measureDifference(saved, stored).largest).toBe(0);
    expectQuiet();
  });

  it('says how large things are: scale bar, magnifications, pointer, link', async () => {
    const { page, expectQuiet, screenshot } = await browser.open(locate(ID));
    await waitForTiles(page);
    const marks = await page.evaluate(() => performance.getEntriesByType('mark').map(({ startTime }) => startTime));
    process.stderr.write(`first tile of a slide after ${Math.round(marks[0] ?? Number.NaN)} ms\n`);
    // The overview comes after the first view.
    await expect.poll(() => page.evaluate(readOverview)).toBe(255);
    await screenshot('fit-light');
    for (const [label, mpp] of [
      ['5×', 2],
      ['20×', 0.5],
      ['1:1', MPP],
    ] as const) {
      const button = page.getByRole('group', { name: 'Magnification' }).getByText(label, { exact: true });
      await button.click();
      await expect.poll(() => button.getAttribute('aria-pressed')).toBe('true');
      await expect.poll(async () => (await readScale(page)) * mpp).toBeCloseTo(MPP, 5);
      const [, length, unit] = /([\d.]+) (µm|mm)/.exec((await page.locator('.scale-bar').textContent()) ?? '') ?? [];
      const bar = (await page.locator('.scale-bar svg').boundingBox())?.width ?? 0;
      // A length of the layout is rounded to 1/64 of a pixel.
      expect(bar * mpp).toBeCloseTo(Number(length) * (unit === 'mm' ? 1000 : 1), 0);
      expect(bar).toBeGreaterThan(60);
    }
    await expect.poll(() => page.url()).toContain(`mpp=${MPP}`);
    await page.mouse.move(500, 400);
    const place = await page.evaluate(() => window.slideloom?.panes[0]?.toSlide({ x: 500, y: 400 - 44 }));
    const [x, y] = [Math.floor(place?.x ?? 0), Math.floor(place?.y ?? 0)];
    expect(await page.getByLabel('Place of the pointer').textContent()).toBe(
      `x ${x.toLocaleString('en')}  y ${y.toLocaleString('en')}   ${(((place?.x ?? 0) * MPP) / 1000).toFixed(3)}, ${(((place?.y ?? 0) * MPP) / 1000).toFixed(3)} mm`,
    );
    expect(await page.getByRole('table').textContent()).toContain('2,220 × 2,967 px1.11 × 1.48 mmPixel0.499 µm');
    expectQuiet();
  });

  it('goes where keys and links lead', async () => {
    const { page, expectQuiet, screenshot } = await browser.open(locate(ID, '?x=800&y=900&mpp=1.5&rotation=90'), {
      colorScheme: 'dark',
    });
    await waitForTiles(page);
    expect(await readSight(page)).toEqual({ x: 800, y: 900, scale: expect.closeTo(MPP / 1.5, 6), rotation: 90 });
    const press = async (key: string) => {
      await page.keyboard.press(key);
      await waitForTiles(page);
    };
    await press('R');
    await press('1');
    await press('ArrowRight');
    await press('Shift+ArrowDown');
    expect(await readSight(page)).toEqual({
      x: expect.closeTo(880, 3),
      y: expect.closeTo(1300, 3),
      scale: expect.closeTo(1, 6),
      rotation: 0,
    });
    await expect.poll(() => page.url()).toContain('x=880&y=1300&mpp=0.499');
    const link = page.url();
    await press('0');
    expect((await readSight(page)).scale).toBeLessThan(0.3);
    await press('?');
    await screenshot('help-dark');
    const keys = await page.locator('.help kbd').allTextContents();
    expect(keys).toEqual(expect.arrayContaining(['+', '?', 'Shift', '←']));
    expect(await page.evaluate(listSharedKeys)).toEqual([]);
    expect(await page.evaluate(listNameless)).toEqual([]);
    await press('Escape');
    await expect.poll(() => page.url()).not.toBe(link);
    await page.goto(link);
    await expect.poll(async () => (await readSight(page)).x).toBeCloseTo(880, 1);
    await page.getByLabel(/^Colours of the page/).click();
    expect(await page.locator('html').getAttribute('data-theme')).toBe('light');
    expectQuiet();
  });

  it('shows and tells of a tile that can not be read', async () => {
    const { page, expectQuiet, screenshot } = await browser.open(locate('bad', '?x=384&y=384&downsample=1'));
    await waitForTiles(page);
    await expect.poll(() => page.locator('.notice.error').textContent()).toContain('column 1, row 1');
    expect(await page.locator('.status').textContent()).toContain('1 tile can’t be read');
    await screenshot('bad-tile');
    const { x, y } = await page.evaluate(
      () => window.slideloom?.panes[0]?.toElement({ x: 256, y: 256 }) ?? { x: 0, y: 0 },
    );
    const red = await readCanvas(page, { x: Math.round(x), y: Math.round(y), width: 256, height: 3 });
    // The edge of the tile is red all along.
    for (let at = 0; at < red.length; at += 4) expect((red[at] ?? 0) - (red[at + 1] ?? 0)).toBeGreaterThan(80);
    expectQuiet(/status of 500/);
  });

  it('says why a slide can not be opened, and tries again; what was begun on another slide ends', async () => {
    const { page, expectQuiet, screenshot } = await browser.open(locate('bad'));
    await waitForTiles(page);
    await page.keyboard.press('s');
    await page.keyboard.press('Enter');
    await page.getByRole('dialog').waitFor();
    await page.evaluate(() => {
      location.hash = '#/slide/half';
    });
    await page.getByRole('alert').getByText('half can’t be opened').waitFor();
    expect(await page.getByRole('dialog').count()).toBe(0);
    await screenshot('can-not-be-opened');
    await writeJpegSlide(join(folder, 'half.tif'), { width: 300, height: 300, tile: 256, kind: () => 'baseline' });
    await page.getByRole('button', { name: 'Try again' }).click();
    await waitForTiles(page);
    // The button has gone, and keys are for the slide.
    expect(await page.evaluate(() => document.activeElement?.ariaLabel)).toContain('Slide half');
    expectQuiet(/status of 500/);
  });
});

/** In the page: keys that two lines of the help name. */
function listSharedKeys(): string[] {
  const names = [...document.querySelectorAll('.help dt')].flatMap((line) => {
    const ways = [...line.querySelectorAll('span')].map((way) => [...way.children].map((key) => key.textContent));
    const held = ways[0]?.slice(0, -1) ?? [];
    return ways.map((way) => [...(way.length > held.length ? [] : held), ...way].join('+'));
  });
  return names.filter((name, index) => names.indexOf(name) !== index);
}

/** In the page: what can be used, and is called nothing. */
function listNameless(): string[] {
  return [...document.querySelectorAll<HTMLInputElement>('button, input, select, a, summary, dialog, [tabindex="0"]')]
    .filter((one) => !one.textContent?.trim() && !one.ariaLabel && !one.title && !one.labels?.length)
    .map((one) => one.outerHTML);
}

function toRaster(rgba: Uint8Array, { width, height }: { width: number; height: number }) {
  return { width, height, channels: 3 as const, data: rgba.filter((_, index) => index % 4 !== 3) };
}

async function readSight(page: Page) {
  const { x, y, scale, rotation } = await page.evaluate(
    () => window.slideloom?.panes[0]?.sight.value ?? { x: 0, y: 0, scale: 0, rotation: 0 },
  );
  return { x, y, scale, rotation };
}

async function readScale(page: Page): Promise<number> {
  return (await readSight(page)).scale;
}
