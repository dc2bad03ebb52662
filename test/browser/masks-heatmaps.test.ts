import { copyFileSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { type ColorMapName, createColorTable } from '../../src/inference/heatmap/color-maps.ts';
import { createHeatmap } from '../../src/inference/heatmap.ts';
import { writeMask } from '../../src/preprocessing/xml-to-mask.ts';
import { openSlide } from '../../src/slide/open-slide.ts';
import { serveViewer, type ViewerServer } from '../../src/viewer/serve-viewer.ts';
import { runInProcess } from '../cli/run-in-process.ts';
import { describeWithBrowser, readCanvas, waitForLayers, waitForTiles } from '../support/browser.ts';
import { sharedPath } from '../support/shared-data.ts';

const ID = 'CMU-1-Small-Region';
const SIZE = { width: 2220, height: 2967 };
/** Of the pane, clear of what lies over it. */
const CROP = { x: 260, y: 150, width: 360, height: 280 };
/** Every so manieth of its pixels is looked at. */
const STEP = 7;
/** At 1:1 CROP has parts of both classes, of all patches with scores, and bare slide. */
const SIGHT = 'x=1201&y=1400&mpp=0.499';
/** Levels of 255: Chromium's canvas and PNG round alpha and colours, each once for every layer. */
const TOLERANCE = 3;

interface Rect {
  readonly left: number;
  readonly top: number;
  readonly width: number;
  readonly height: number;
  readonly color: ArrayLike<number>;
}

/** What should lie over the slide: boxes (level-0 pixels) of a colour, as strong as alpha says. */
interface Layer {
  readonly rects: readonly Rect[];
  readonly alpha: number;
  /** So many level-0 pixels at edges can be of either side: an outline, or pixels of the layer that are smoothed. */
  readonly edge: number;
}

const CLASSES = [
  { name: 'Tumour', left: 900, top: 1100, width: 300, height: 600, color: [255, 0, 0] },
  { name: 'Stroma', left: 1248, top: 1100, width: 300, height: 300, color: [0, 0, 255] },
];
/** By number they are far from even, by rank they are. */
const SCORES = Array.from({ length: 12 }, (_, i) => ({
  ...{ left: 896 + 128 * (i % 4), top: 1152 + 128 * Math.floor(i / 4), width: 128, height: 128 },
  attention: i * i,
  tumour: 0.2 + 0.6 * (i / 11) ** 2,
}));

/** As ImageScope writes it: colours are blue, green, red. */
function createXml(): string {
  const layers = CLASSES.map(({ name, left, top, width, height, color: [red = 0, green = 0, blue = 0] }, i) => {
    const corners = [0, 1, 3, 2].map((at) => [left + width * (at & 1), top + height * (at >> 1)]);
    const vertices = corners.map(([x, y]) => `<Vertex X="${x}" Y="${y}" Z="0"/>`).join('');
    const region = `<Region Id="1" Type="0" NegativeROA="0"><Vertices>${vertices}</Vertices></Region>`;
    const line = (blue << 16) | (green << 8) | red;
    return `<Annotation Id="${i + 1}" Name="${name}" LineColor="${line}"><Regions>${region}</Regions></Annotation>`;
  });
  return `<Annotations MicronsPerPixel="0.499">${layers.join('')}</Annotations>`;
}

/** The colour that a map has for a share of it. */
function getColor(map: ColorMapName, share: number): ArrayLike<number> {
  const at = 3 * Math.round(share * 255);
  return createColorTable(map).subarray(at, at + 3);
}

/** What `patches` wrote: its boxes, in the colours of their tissue, between the least and the most of all. */
function readPatches(run: string): Rect[] {
  const [head = '', ...lines] = readFileSync(join(run, ID, 'patches', 'patches.csv'), 'utf8')
    .trim()
    .split('\n');
  const column = (name: string) => lines.map((line) => Number(line.split(',')[head.split(',').indexOf(name)]));
  const [xs, ys, sizes, tissue] = [column('x'), column('y'), column('size'), column('tissue_fraction')];
  const [least, most] = [Math.min(...tissue), Math.max(...tissue)];
  return xs.map((left, i) => {
    const color = getColor('viridis', ((tissue[i] ?? 0) - least) / (most - least));
    return { left, top: ys[i] ?? 0, width: sizes[i] ?? 0, height: sizes[i] ?? 0, color };
  });
}

/** Null where nothing lies, undefined too near to an edge to tell. */
function findColor(rects: readonly Rect[], x: number, y: number, edge: number): ArrayLike<number> | null | undefined {
  let near = false;
  for (const { left, top, width, height, color } of rects) {
    const inside = Math.min(x - left, left + width - x, y - top, top + height - y);
    if (inside > edge) return color;
    near ||= inside > -edge;
  }
  return near ? undefined : null;
}

/** CROP of the canvas, as red, green and blue, and where on the slide it begins. */
async function readCrop(page: Page) {
  const at = await page.evaluate(({ x, y }) => {
    const pane = window.slideloom?.panes[0];
    return { ...(pane?.toSlide({ x, y }) ?? { x: 0, y: 0 }), scale: pane?.sight.value.scale ?? 1 };
  }, CROP);
  return { ...at, data: (await readCanvas(page, CROP)).filter((_, index) => index % 4 !== 3) };
}

/** The largest difference between the canvas and the layers, the lowest first, over the slide's own pixels. */
async function measureOff(page: Page, bare: ArrayLike<number>, layers: readonly Layer[]): Promise<number> {
  const { x: left, y: top, scale, data } = await readCrop(page);
  let largest = 0;
  let covered = 0;
  for (let i = 0; i < CROP.width * CROP.height; i += STEP) {
    const [x, y] = [left + ((i % CROP.width) + 0.5) / scale, top + (Math.floor(i / CROP.width) + 0.5) / scale];
    const colors = layers.map(({ rects, edge }) => findColor(rects, x, y, Math.max(edge, 3 / scale)));
    if (colors.includes(undefined)) continue;
    if (colors.every((color) => color !== null)) covered++;
    for (let k = 0; k < 3; k++) {
      let level = bare[3 * i + k] ?? 0;
      for (const [at, { alpha }] of layers.entries()) level += ((colors[at]?.[k] ?? level) - level) * alpha;
      largest = Math.max(largest, Math.abs(level - (data[3 * i + k] ?? 0)));
    }
  }
  expect(covered).toBeGreaterThan(100);
  return largest;
}

describeWithBrowser('masks, heatmaps, and what a run and people leave beside a slide', (browser) => {
  let folder: string;
  let server: ViewerServer;
  let patches: Layer;
  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'masks-heatmaps-'));
    const [slides, layers, run] = ['slides', 'layers', 'run'].map((name) => join(folder, name)) as [
      string,
      string,
      string,
    ];
    for (const path of [slides, layers]) mkdirSync(path);
    const slide = join(slides, `${ID}.svs`);
    copyFileSync(sharedPath(`data/wsi/${ID}.svs`), slide);
    const xml = join(slides, `${ID}.xml`);
    writeFileSync(xml, createXml());
    await writeMask(xml, SIZE, join(layers, `${ID}_mask.tif`), { downsample: 4, tileSize: 128 });
    const scores = join(folder, 'scores.csv');
    const rows = SCORES.map(({ left, top, width, height, attention, tumour }) =>
      [left, top, width, height, attention, tumour].join(),
    );
    writeFileSync(scores, `x,y,width,height,attention,probability_tumour\n${rows.join('\n')}\n`);
    const common = { slide, scores, out: layers, topK: 0, pictureSize: 100 };
    await createHeatmap({ ...common, slideId: `${ID}_rank` });
    const numbers = { value: 'tumour', normalize: 'minmax', colorMap: 'magma', alpha: 0.8 } as const;
    await createHeatmap({ ...common, ...numbers, slideId: `${ID}_numbers` });
    const look = ['--size', '128', '--level', '0', '--format', 'coordinates', '--no-overview', '--quiet'];
    const { code, stderr } = await runInProcess(['patches', slide, '--out', run, ...look]);
    expect([code, stderr]).toEqual([0, '']);
    patches = { rects: readPatches(run), alpha: 0.5, edge: 3 };
    server = await serveViewer({ slides: [run], layers: [layers], workers: 0, stain: false });
  });
  afterAll(async () => {
    await server?.close();
    rmSync(folder, { recursive: true, force: true });
  });

  /** The slide at 1:1 with these layers, and its own pixels there. */
  async function open(layers: string) {
    const watched = await browser.open(`${server.url}#/slide/${ID}?${SIGHT}&layers=${layers}`);
    await waitForLayers(watched.page);
    const { x, y } = await readCrop(watched.page);
    await using slide = await openSlide(sharedPath(`data/wsi/${ID}.svs`));
    const stored = await slide.readRegion({ level: 0, ...CROP, x: Math.round(x), y: Math.round(y) });
    return { ...watched, stored: stored.data };
  }
  const mask = (alpha: number, rects: readonly Rect[] = CLASSES): Layer => ({ rects, alpha, edge: 6 });
  /** A pixel of these heatmaps is 32 of the slide. */
  const heat = (map: ColorMapName, alpha: number, share: (score: (typeof SCORES)[number], i: number) => number) => ({
    ...{ alpha, edge: 20 },
    rects: SCORES.map((score, i) => ({ ...score, color: getColor(map, share(score, i)) })),
  });
  const byRank = heat('viridis', 0.5, (_, i) => (i + 1) / SCORES.length);

  it('shows a mask in the colours of its classes, without one of them, and as strong as one likes', async () => {
    const { page, stored, expectQuiet, screenshot } = await open('mask');
    const row = page.locator('[data-layer="mask"]');
    expect(await row.locator('.class-name').allTextContents()).toEqual(['Tumour', 'Stroma']);
    expect(await measureOff(page, stored, [mask(0.5)])).toBeLessThanOrEqual(TOLERANCE);
    await screenshot('mask');
    await row.getByRole('checkbox', { name: 'Stroma' }).uncheck();
    await waitForLayers(page);
    expect(await measureOff(page, stored, [mask(0.5, CLASSES.slice(0, 1))])).toBeLessThanOrEqual(TOLERANCE);
    await row.getByRole('checkbox', { name: 'Stroma' }).check();
    await row.getByRole('slider').fill('20');
    await waitForLayers(page);
    expect(await measureOff(page, stored, [mask(0.2)])).toBeLessThanOrEqual(TOLERANCE);
    await expect.poll(() => page.url()).toContain('layers=mask:20');
    expectQuiet();
  });

  it('shows heatmaps as strong as they were made, and says in legends what their colours mean', async () => {
    const { page, stored, expectQuiet, screenshot } = await open('rank');
    const readLegend = async (name: string) => {
      const legend = page.locator(`[data-layer="${name}"] .legend`);
      const ramp = await legend.locator('.color-ramp').evaluate((bar) => getComputedStyle(bar).backgroundImage);
      const colors = [...ramp.matchAll(/rgb\((\d+), (\d+), (\d+)\)/g)].map((found) => found.slice(1).map(Number));
      const texts = await legend.locator('figcaption, .color-ends span').allTextContents();
      return { texts, ends: [colors.at(0), colors.at(-1)] };
    };
    const endsOf = (map: ColorMapName) => [
      [...createColorTable(map).slice(0, 3)],
      [...createColorTable(map).slice(-3)],
    ];
    expect(await measureOff(page, stored, [byRank])).toBeLessThanOrEqual(TOLERANCE);
    expect(await readLegend('rank')).toEqual({
      texts: ['attention', 'lowest rank', 'highest rank'],
      ends: endsOf('viridis'),
    });
    await screenshot('heatmap-rank');
    await page.getByRole('checkbox', { name: 'rank' }).uncheck();
    await page.getByRole('checkbox', { name: 'numbers' }).check();
    await waitForLayers(page);
    const byNumber = heat('magma', 0.8, ({ tumour }) => (tumour - 0.2) / 0.6);
    expect(await measureOff(page, stored, [byNumber])).toBeLessThanOrEqual(TOLERANCE);
    expect(await readLegend('numbers')).toEqual({ texts: ['tumour', '0.2', '0.8'], ends: endsOf('magma') });
    expectQuiet();
  });

  it('shows annotations that lie beside the slide by class, and what a run found, at any magnification', async () => {
    const { page, stored, expectQuiet, screenshot } = await open('annotations');
    const row = page.locator('[data-layer="annotations"]');
    await row.getByLabel('Filled').check();
    await waitForLayers(page);
    const filled = { rects: CLASSES, alpha: 0.35, edge: 4 };
    expect(await measureOff(page, stored, [filled])).toBeLessThanOrEqual(TOLERANCE);
    await row.getByRole('checkbox', { name: 'Tumour' }).uncheck();
    await waitForLayers(page);
    expect(await measureOff(page, stored, [{ ...filled, rects: CLASSES.slice(1) }])).toBeLessThanOrEqual(TOLERANCE);
    await page.goto(`${server.url}#/slide/${ID}?${SIGHT}&layers=patches,rank,mask:30`);
    await expect.poll(() => page.getByRole('checkbox', { name: 'rank' }).isChecked()).toBe(true);
    await waitForLayers(page);
    expect(new Set(patches.rects.map(({ color }) => String(color))).size).toBeGreaterThan(5);
    const stack = [patches, byRank, mask(0.3)];
    for (const label of ['5×', '1:1']) {
      await page.getByRole('group', { name: 'Magnification' }).getByText(label, { exact: true }).click();
      await page.keyboard.press('h');
      await waitForTiles(page);
      const bare = label === '1:1' ? stored : (await readCrop(page)).data;
      await page.keyboard.press('h');
      await waitForLayers(page);
      expect(await measureOff(page, bare, stack), label).toBeLessThanOrEqual(TOLERANCE);
      await screenshot(`layers-all-${label.replace(/\W/g, '-')}`);
    }
    expectQuiet();
  });
});
