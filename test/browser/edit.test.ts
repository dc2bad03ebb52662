import { mkdirSync, mkdtempSync, readdirSync, readFileSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest';
import { serveViewer, type ViewerServer } from '../../src/viewer/serve-viewer.ts';
import { describeWithBrowser, type WatchedPage, waitForTiles } from '../support/browser.ts';
import { sharedPath } from '../support/shared-data.ts';

const ID = 'CMU-1-Small-Region';
/** Of the tissue stage: an outline with a hole. */
const OUTLINE = [
  [400, 200],
  [1400, 200],
  [1400, 2600],
  [400, 2600],
];
const HOLE = [
  [800, 1000],
  [800, 1400],
  [1100, 1400],
];

type Point = readonly [number, number];

interface Feature {
  readonly geometry: { readonly coordinates: number[][][] };
  readonly properties: { readonly classification?: { readonly name: string } };
}

/** What the page shows of itself. */
interface TestPane {
  readonly element: HTMLElement;
  readonly sight: { readonly value: { readonly x: number; readonly y: number; readonly scale: number } };
  toElement(at: { x: number; y: number }): { x: number; y: number };
}

const closed = (ring: number[][]) => [...ring, ring[0] as number[]];
const collection = (coordinates: number[][][], name: string) =>
  `${JSON.stringify({
    type: 'FeatureCollection',
    features: [
      {
        type: 'Feature',
        geometry: { type: 'Polygon', coordinates },
        properties: { objectType: 'annotation', name, classification: { name: 'Tissue', color: [0, 150, 110] } },
      },
    ],
  })}\n`;

describeWithBrowser('drawing on the page', (browser) => {
  let top: string;
  let run: string;
  let server: ViewerServer;
  let original: string;
  beforeAll(async () => {
    top = realpathSync(mkdtempSync(join(tmpdir(), 'edit-')));
    run = join(top, 'run');
    original = join(run, ID, 'tissue', 'tissue.geojson');
    mkdirSync(join(run, ID, 'tissue'), { recursive: true });
    writeFileSync(original, collection([closed(OUTLINE), closed(HOLE)], 'Tissue 1'));
    writeFileSync(join(run, 'manifest.csv'), `slide,path,status\n${ID},${sharedPath(`data/wsi/${ID}.svs`)},done\n`);
    server = await serveViewer({ slides: [run], workers: 0, edit: true });
  });
  afterAll(async () => {
    await server?.close();
    rmSync(top, { recursive: true, force: true });
  });
  beforeEach(() => rmSync(join(run, ID, 'annotations'), { recursive: true, force: true }));

  async function open(on = server): Promise<WatchedPage> {
    const opened = await browser.open(`${on.url}#/slide/${ID}`);
    await waitForTiles(opened.page);
    return opened;
  }
  const readFile = (name: string) => readFileSync(join(run, ID, 'annotations', `${name}.geojson`), 'utf8');
  const readFeatures = (name: string) => (JSON.parse(readFile(name)) as { features: Feature[] }).features;

  /** Where level-0 pixels are seen: CSS pixels of the window. And how large they are. */
  const locate = (page: Page, points: readonly Point[]) =>
    page.evaluate((all) => {
      const pane = (window as unknown as { slideloom: { panes: [TestPane] } }).slideloom.panes[0];
      const { left, top } = pane.element.getBoundingClientRect();
      const at = all.map(([x, y]) => pane.toElement({ x, y }));
      return { places: at.map(({ x, y }): [number, number] => [left + x, top + y]), ...pane.sight.value };
    }, points);
  const click = async (page: Page, ...points: readonly Point[]) => {
    for (const [x, y] of (await locate(page, points)).places) await page.mouse.click(x, y);
  };
  const drag = async (page: Page, from: Point, ...to: readonly Point[]) => {
    const [[x, y] = [0, 0], ...others] = (await locate(page, [from, ...to])).places;
    await page.mouse.move(x, y);
    await page.mouse.down();
    for (const [toX, toY] of others) await page.mouse.move(toX, toY, { steps: 2 });
    await page.mouse.up();
  };
  const button = (page: Page, name: string) => page.getByRole('button', { name, exact: true });
  const confirmSave = async (page: Page, name = 'Save') => {
    await page.getByRole('dialog').getByRole('button', { name, exact: true }).click();
    await page.getByText('Saved: annotations/').waitFor();
  };
  /**
   * The pointer stands where a CSS pixel does, some 4 level-0 pixels here, and the browser may round it to a whole one: a corner has to
   * be within one and a half. The order and the first corner are not the pointer's business.
   */
  const expectNear = (got: number[][] | undefined, want: readonly Point[], scale: number) => {
    const corners = got?.slice(0, -1) ?? [];
    const away = want.map(([x, y]) =>
      Math.min(...corners.map(([a = 0, b = 0]) => Math.max(Math.abs(a - x), Math.abs(b - y)))),
    );
    expect([corners.length, away.filter((one) => !(one * scale < 1.5))]).toEqual([want.length, []]);
  };

  it('draws, corrects, takes back, saves after asking, and finds the polygon again', async () => {
    const { page, expectQuiet, screenshot } = await open();
    // Who is given a link to what is seen is not given the right to write.
    expect([page.url().includes('token'), server.url.includes('token')]).toEqual([false, true]);
    await page.getByLabel('What to edit').selectOption('');
    await page.getByLabel('Name', { exact: true }).fill('Tumor Regions');
    await button(page, 'Draw').click();
    await page.getByRole('button', { name: 'Polygon', pressed: true }).waitFor();
    await click(page, [400, 500], [900, 520], [880, 1100], [420, 1000]);
    await screenshot('edit-drawing');
    await page.keyboard.press('Enter');
    await button(page, 'Select').click();
    // A corner is moved; an edge is dragged by its middle, which makes a new corner; that is taken back and done again.
    await drag(page, [880, 1100], [1000, 1200]);
    await drag(page, [650, 510], [650, 300]);
    await button(page, 'Undo').click();
    await button(page, 'Redo').click();
    await button(page, 'Hole').click();
    await click(page, [550, 650], [700, 650], [620, 800]);
    await page.keyboard.press('Enter');
    await button(page, 'Select').click();
    await page.getByLabel('Class of the polygon').selectOption({ label: 'A new class …' });
    await page.getByLabel('Name of the new class').fill('Tumor');
    await button(page, 'Add').click();
    // A line is no outline; one drawn in a single go is, and is deleted again.
    await button(page, 'Freehand').click();
    await drag(page, [1400, 2000], [1700, 2000]);
    await page.getByText('A polygon needs at least three corners and an area.').waitFor();
    await drag(page, [1400, 2000], [1700, 2000], [1600, 2300]);
    await page.getByText('2 polygons', { exact: true }).waitFor();
    await button(page, 'Delete').click();
    await page.getByText('1 polygon', { exact: true }).waitFor();
    await screenshot('edit-polygon');
    await button(page, 'Save …').click();
    await screenshot('edit-save');
    expect(await page.getByRole('dialog').textContent()).toContain('annotations/tumor-regions.geojson');
    await page.getByRole('dialog').getByRole('button', { name: 'Cancel' }).click();
    expect(readdirSync(join(run, ID))).toEqual(['tissue']);
    await button(page, 'Save …').click();
    await confirmSave(page);
    const { scale } = await locate(page, []);
    const [feature, ...others] = readFeatures('tumor-regions');
    expect([others, feature?.properties.classification?.name]).toEqual([[], 'Tumor']);
    const [outline, hole, ...more] = feature?.geometry.coordinates ?? [];
    expectNear(
      outline,
      [
        [400, 500],
        [650, 300],
        [900, 520],
        [1000, 1200],
        [420, 1000],
      ],
      scale,
    );
    expectNear(
      hole,
      [
        [550, 650],
        [700, 650],
        [620, 800],
      ],
      scale,
    );
    expect(more).toEqual([]);
    const stored = readFile('tumor-regions');
    await page.reload();
    await waitForTiles(page);
    await page.getByLabel('What to edit').selectOption({ label: 'tumor-regions (drawn)' });
    await button(page, 'Correct').click();
    await page.getByText('1. Tumor').waitFor();
    expect(await button(page, 'Save …').isDisabled()).toBe(true);
    expect(readFile('tumor-regions')).toBe(stored);
    expectQuiet();
  });

  it('corrects the tissue beside the original, and tells when somebody else was faster', async () => {
    const before = readFileSync(original);
    const { page, expectQuiet, screenshot } = await open();
    await button(page, 'Correct').click();
    await page.getByText('1 polygon', { exact: true }).waitFor();
    await click(page, [600, 600]);
    await drag(page, [1400, 2600], [1800, 2600]);
    await button(page, 'Save …').click();
    await screenshot('edit-tissue-save');
    // (1000 x 2400 - 60,000 + 400 x 2400 / 2) x 0.499² µm²: the hole is 0.06 Mpx, the drag adds a triangle. To a CSS pixel: 0.4 %.
    const cells = await page.getByRole('dialog').locator('td').allTextContents();
    expect(cells[0]).toBe('0.583 mm²');
    expect(Number.parseFloat(cells[1] ?? '')).toBeCloseTo(0.702, 2);
    const other = await fetch(new URL(`slides/${ID}/annotations/tissue.geojson`, server.url), {
      method: 'PUT',
      headers: {
        authorization: `Bearer ${server.token}`,
        origin: new URL(server.url).origin,
        'content-type': 'application/json',
        'if-none-match': '*',
      },
      body: collection([closed(OUTLINE)], 'theirs'),
    });
    expect(other.status).toBe(201);
    const theirs = readFile('tissue');
    await page.getByRole('dialog').getByRole('button', { name: 'Save', exact: true }).click();
    await page.getByRole('alert').waitFor();
    await screenshot('edit-conflict');
    expect(readFile('tissue')).toBe(theirs);
    await confirmSave(page, 'Save mine as the newest');
    const { scale } = await locate(page, []);
    const [outline, hole] = readFeatures('tissue')[0]?.geometry.coordinates ?? [];
    expectNear(
      outline,
      [
        [400, 200],
        [1400, 200],
        [1800, 2600],
        [400, 2600],
      ],
      scale,
    );
    // What was not touched has the very same numbers.
    expect(hole).toEqual(closed(HOLE));
    expect(readFile('tissue.1')).toBe(theirs);
    expect(readFileSync(original)).toEqual(before);
    // A refused request is told of on the console by the browser itself.
    expectQuiet(/412/);
  });

  it('draws by keyboard alone, and says what happens', async () => {
    const { page, expectQuiet, screenshot } = await open();
    const press = async (...keys: string[]) => {
      for (const key of keys) await page.keyboard.press(key);
    };
    const said = () => page.locator('p[aria-live]').textContent();
    await page.getByLabel('What to edit').selectOption('');
    await button(page, 'Draw').focus();
    await press('Enter');
    await page.getByRole('button', { name: 'Polygon', pressed: true }).waitFor();
    const { x, y, scale } = await locate(page, []);
    // Arrows move the slide by 80 CSS pixels under the middle, where A and Space set corners.
    const settle = (dx: number, dy: number) =>
      expect
        .poll(
          async () => {
            const now = await locate(page, []);
            return Math.hypot((now.x - x) * scale - dx, (now.y - y) * scale - dy);
          },
          { timeout: 20_000 },
        )
        .toBeLessThan(0.01);
    // Another tool gives the pointer back.
    await press('s', 'Escape');
    expect(await page.evaluate(() => window.slideloom?.panes[0]?.tool.value)).toBe('edit');
    await press(' ', 'ArrowRight');
    await settle(80, 0);
    await press('a', 'ArrowDown');
    await settle(80, 80);
    await press(' ');
    expect(await said()).toMatch(/^Corner 3 at /);
    await press('Enter', 'v', '.', '.', 'Shift+ArrowRight', 'ArrowUp', 'ArrowUp');
    await screenshot('edit-keyboard');
    expect(await said()).toMatch(/^Corner at /);
    await press('Control+z', 'Control+y', 'i', 'Delete', 'Control+s');
    await page.getByRole('dialog').waitFor();
    await page.getByRole('dialog').getByRole('button', { name: 'Save', exact: true }).focus();
    await press('Enter');
    await page.getByText('Saved: annotations/').waitFor();
    const step = 1 / scale;
    const [outline] = readFeatures('regions')[0]?.geometry.coordinates ?? [];
    expectNear(
      outline,
      [
        [x, y],
        [x + 90 * step, y - 2 * step],
        [x + 80 * step, y + 80 * step],
      ],
      scale,
    );
    expectQuiet();
  });

  it('shows nothing of it, and writes nothing, without edit', async () => {
    await using reading = await serveViewer({ slides: [run], workers: 0 });
    const { page, expectQuiet } = await open(reading);
    expect(await page.locator('.section summary').allTextContents()).not.toContain('Draw');
    const status = await page.evaluate(
      async (id) => (await fetch(`slides/${id}/annotations/x.geojson`, { method: 'PUT', body: '{}' })).status,
      ID,
    );
    expect([status, readdirSync(join(run, ID))]).toEqual([405, ['tissue']]);
    expectQuiet(/405/);
  });
});
