import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { createColorTable } from '../../src/inference/heatmap/color-maps.ts';
import { openSlide } from '../../src/slide/open-slide.ts';
import { serveViewer, type ViewerServer } from '../../src/viewer/serve-viewer.ts';
import { describeWithBrowser, readCanvas, waitForLayers, waitForTiles } from '../support/browser.ts';
import { sharedPath } from '../support/shared-data.ts';

const ID = 'CMU-1-Small-Region';
const SLIDE = sharedPath('data/wsi/CMU-1-Small-Region.svs');

/** Four columns and four rows of patches of 400 px; numbers from 0 to 1, the last patch has none. */
const PATCHES = Array.from({ length: 16 }, (_, i) => ({
  x: 200 + (i % 4) * 400,
  y: 600 + Math.floor(i / 4) * 400,
  score: i === 15 ? '' : String(i / 14),
}));

/** Two classes: a square with a hole, and one that lies in it. */
const REGIONS = [
  { name: 'Tumour', color: [200, 0, 0], rings: [square(300, 700, 1000), square(600, 1000, 300)] },
  { name: 'Stroma', color: [0, 0, 220], rings: [square(400, 1500, 150)] },
];

function square(left: number, top: number, side: number): number[][] {
  const [right, bottom] = [left + side, top + side];
  return [
    [left, top],
    [right, top],
    [right, bottom],
    [left, bottom],
    [left, top],
  ];
}

function writeLayers(folder: string): void {
  const rows = PATCHES.map(({ x, y, score }) => `${x},${y},400,400,${score}`);
  writeFileSync(join(folder, `${ID}_patches.csv`), `x,y,width,height,score\n${rows.join('\n')}\n`);
  const features = REGIONS.map(({ name, color, rings }) => ({
    type: 'Feature',
    geometry: { type: 'Polygon', coordinates: rings },
    properties: { classification: { name, color } },
  }));
  writeFileSync(join(folder, `${ID}_regions.geojson`), JSON.stringify({ type: 'FeatureCollection', features }));
}

/** Where a level-0 pixel of the slide is, in CSS pixels of its pane. */
async function locate(page: Page, x: number, y: number): Promise<{ x: number; y: number }> {
  const found = await page.evaluate((at) => window.slideloom?.panes[0]?.toElement(at), { x, y });
  return { x: Math.round(found?.x ?? 0), y: Math.round(found?.y ?? 0) };
}

/** The colour at a level-0 pixel of the slide, on the screen. */
async function readAt(page: Page, x: number, y: number): Promise<number[]> {
  return [...(await readCanvas(page, { ...(await locate(page, x, y)), width: 1, height: 1 }))].slice(0, 3);
}

async function clickAt(page: Page, x: number, y: number): Promise<void> {
  const [at, pane] = [await locate(page, x, y), await page.locator('.pane-canvas').boundingBox()];
  await page.mouse.click(at.x + (pane?.x ?? 0), at.y + (pane?.y ?? 0));
}

/** Mean colour of the card's picture, once it is whole. */
async function readCard(page: Page): Promise<number[]> {
  const means = await page.waitForFunction(() => {
    const canvas = document.querySelector<HTMLCanvasElement>('.item-picture');
    const copy = canvas && new OffscreenCanvas(canvas.width, canvas.height).getContext('2d');
    if (!canvas || !copy) return null;
    copy.drawImage(canvas, 0, 0);
    const { data } = copy.getImageData(0, 0, canvas.width, canvas.height);
    const sums = [0, 0, 0, 0];
    for (const [i, level] of data.entries()) sums[i % 4] = (sums[i % 4] ?? 0) + level / (data.length / 4);
    return Math.round(sums[3] ?? 0) === 255 ? sums.slice(0, 3) : null;
  });
  return (await means.jsonValue()) ?? [];
}

function expectClose(color: readonly number[], expected: readonly number[], tolerance: number): void {
  const off = Math.max(...color.map((level, i) => Math.abs(level - (expected[i] ?? 0))));
  expect(off, `${color} is not ${expected}`).toBeLessThanOrEqual(tolerance);
}

describeWithBrowser('layers of the page', (browser) => {
  let server: ViewerServer;
  const folder = mkdtempSync(join(tmpdir(), 'slideloom-layers-'));
  beforeAll(async () => {
    writeLayers(folder);
    server = await serveViewer({ slides: [SLIDE], layers: [folder], workers: 0, stain: false });
  });
  afterAll(async () => {
    await server?.close();
    rmSync(folder, { recursive: true, force: true });
  });

  it('lie over the slide as the panel says', async () => {
    const { page, expectQuiet, screenshot } = await browser.open(`${server.url}#/slide/${ID}`);
    await waitForLayers(page);
    await screenshot('layers');
    const table = createColorTable('viridis');
    const places = [
      { x: 250, y: 640, color: table.subarray(0, 3) },
      { x: 1200, y: 2000, color: table.subarray(3 * 255) },
      { x: 1700, y: 2000, color: null },
    ];
    const drawn = [];
    for (const { x, y } of places) drawn.push(await readAt(page, x, y));
    expectClose(await readAt(page, 300, 900), [200, 0, 0], 40);
    const hole = await readAt(page, 750, 1100);
    await page.keyboard.press('h');
    await waitForTiles(page);
    for (const [i, { x, y, color }] of places.entries()) {
      const bare = await readAt(page, x, y);
      // Half of it is the map's colour; of a patch without a number, nothing. The canvas rounds twice.
      expectClose(drawn[i] ?? [], color ? bare.map((level, k) => (level + (color[k] ?? 0)) / 2) : bare, 3);
    }
    await page.keyboard.press('h');
    await waitForLayers(page);
    const regions = page.locator('[data-layer="regions"]');
    const open = await readAt(page, 450, 800);
    await regions.getByLabel('Filled').check();
    await waitForLayers(page);
    expect(await readAt(page, 750, 1100)).toEqual(hole);
    expect(await readAt(page, 450, 800)).not.toEqual(open);
    await screenshot('layers-filled');
    await regions.getByRole('checkbox', { name: /Tumour/ }).uncheck();
    await waitForLayers(page);
    expect(await readAt(page, 450, 800)).toEqual(open);
    expect(await readAt(page, 475, 1575)).not.toEqual(open);
    await page.getByRole('checkbox', { name: 'patches' }).uncheck();
    await expect.poll(() => page.url()).toContain('layers=regions');
    expectQuiet();
  });

  it('tell what is under a click, and lead from patch to patch by their numbers', async () => {
    const { page, expectQuiet, screenshot } = await browser.open(`${server.url}#/slide/${ID}?layers=patches:60`);
    await waitForLayers(page);
    expect(await page.getByRole('slider', { name: 'Opacity of patches' }).inputValue()).toBe('60');
    expect(await page.getByRole('checkbox', { name: 'regions' }).isChecked()).toBe(false);
    await clickAt(page, 800, 1200);
    const card = page.locator('.card');
    await expect.poll(() => card.textContent()).toContain('0.35714285714285715');
    // Each of them counts, however fast they come.
    for (const key of ['.', '.', '.']) await page.keyboard.press(key);
    await expect.poll(() => card.getAttribute('aria-label')).toBe('Patch 9');
    await page.getByRole('combobox', { name: 'Order' }).selectOption({ label: 'score, highest first' });
    await page.getByLabel('Number of the patch').fill('1');
    await page.keyboard.press('Enter');
    await expect.poll(() => card.getAttribute('aria-label')).toBe('Patch 15');
    await using slide = await openSlide(SLIDE);
    const { data } = await slide.readRegion({ x: 1000, y: 1800, width: 400, height: 400, level: 0 });
    const channels = [0, 1, 2].map((channel) => data.filter((_, i) => i % 3 === channel));
    // Smoothed when it was enlarged.
    const means = channels.map((levels) => levels.reduce((sum, level) => sum + level, 0) / levels.length);
    expectClose(await readCard(page), means, 1);
    await waitForTiles(page);
    await screenshot('layers-patch');
    await page.getByRole('button', { name: 'Next patch' }).click();
    await expect.poll(() => card.getAttribute('aria-label')).toBe('Patch 14');
    await page.getByRole('checkbox', { name: 'regions' }).check();
    await waitForLayers(page);
    await clickAt(page, 475, 1575);
    // 150 x 150 pixels of 0.499 µm.
    await expect.poll(() => card.textContent()).toMatch(/Stroma.*5,603 µm²/);
    expectQuiet();
  });

  it('are there without one that can not be read, which is asked for again', async () => {
    const { page, expectQuiet } = await browser.open(server.url);
    await page.route('**/polygons/regions.bin*', (route) => route.fulfill({ status: 503, body: '' }));
    await page.goto(`${server.url}#/slide/${ID}`);
    const regions = page.locator('[data-layer="regions"]');
    await expect.poll(() => regions.textContent()).toContain("It can't be shown");
    await waitForTiles(page);
    await clickAt(page, 800, 1200);
    await expect.poll(() => page.locator('.card').getAttribute('aria-label')).toBe('Patch 6');
    await page.unroute('**/polygons/regions.bin*');
    await regions.getByRole('checkbox', { name: 'regions' }).uncheck();
    await regions.getByRole('checkbox', { name: 'regions' }).check();
    await waitForLayers(page);
    expectQuiet(/503/);
  });
});
