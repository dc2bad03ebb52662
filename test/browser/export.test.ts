import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { decodeImage } from '../../src/io/encode-image.ts';
import { openSlide } from '../../src/slide/open-slide.ts';
import { exportSlides } from '../../src/viewer/export/export-slides.ts';
import { serveViewer } from '../../src/viewer/serve-viewer.ts';
import { describeWithBrowser, readCanvas, waitForTiles } from '../support/browser.ts';
import { measureDifference } from '../support/compare-rasters.ts';
import { sharedPath } from '../support/shared-data.ts';
import { type StaticServer, startStaticServer } from '../support/static-server.ts';

const ID = 'CMU-1-Small-Region';
const SLIDE = sharedPath('data/wsi/CMU-1-Small-Region.svs');
/** Inside the pane and clear of what lies over it. */
const CROP = { x: 300, y: 150, width: 320, height: 240 };

/** As `run` leaves it: a slide with its tissue, a square, and one that is no slide. */
function writeRun(run: string): void {
  mkdirSync(join(run, ID, 'tissue'), { recursive: true });
  writeFileSync(join(run, 'broken.svs'), 'nothing');
  const rows = [
    'slide,path,status,patches,error',
    `${ID},${SLIDE},done,60,`,
    `broken,${run}/broken.svs,failed,,no slide`,
  ];
  writeFileSync(join(run, 'manifest.csv'), `${rows.join('\n')}\n`);
  const ring = [
    [800, 1000],
    [1600, 1000],
    [1600, 1800],
    [800, 1800],
    [800, 1000],
  ];
  const feature = { type: 'Feature', properties: {}, geometry: { type: 'Polygon', coordinates: [ring] } };
  const geojson = { type: 'FeatureCollection', features: [feature] };
  writeFileSync(join(run, ID, 'tissue', 'tissue.geojson'), JSON.stringify(geojson));
}

describeWithBrowser('an export on a web server of files', (browser) => {
  let folder: string;
  let server: StaticServer;
  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'export-page-'));
    writeRun(join(folder, 'run'));
    const out = join(folder, 'site');
    await exportSlides({ slides: [join(folder, 'run')], out, title: 'Shared case', workers: 0 });
    server = await startStaticServer(out, '/some/where/');
  });
  afterAll(async () => {
    await server?.close();
    rmSync(folder, { recursive: true, force: true });
  });

  it('leads from the list to a slide, its pixels and its layers, and asks for nothing that is not there', async () => {
    const { page, expectQuiet, requests, screenshot } = await browser.open(server.url);
    await expect.poll(() => page.locator('.brand').textContent()).toBe('Shared case');
    const broken = page.getByRole('row', { name: /broken/ });
    expect(await broken.textContent()).toContain('failed');
    expect(await broken.getByRole('link').count()).toBe(0);
    await screenshot('export-list');
    await page.getByRole('link', { name: ID }).click();
    await waitForTiles(page);
    // All of the square is outside of what is compared: its outline and all else lie over the slide.
    await page.goto(`${server.url}#/slide/${ID}?x=1200&y=1400&mpp=0.499`);
    await expect.poll(() => readScale(page)).toBeCloseTo(1, 6);
    await waitForTiles(page);
    const tissue = page.getByRole('checkbox', { name: 'Tissue', exact: true }).first();
    expect(await tissue.isChecked()).toBe(true);
    const edge = () => readEdge(page);
    const green = await edge();
    await tissue.uncheck();
    await expect.poll(edge).not.toEqual(green);
    await waitForTiles(page);
    await using slide = await openSlide(SLIDE);
    const at = await page.evaluate(() => window.slideloom?.panes[0]?.toSlide({ x: 0, y: 0 }));
    const [x, y] = [Math.round(at?.x ?? 0) + CROP.x, Math.round(at?.y ?? 0) + CROP.y];
    const stored = await slide.readRegion({ level: 0, ...CROP, x, y });
    const rgba = await readCanvas(page, CROP);
    const shown = { ...stored, data: rgba.filter((_, index) => index % 4 !== 3) };
    // Stored tiles are handed on, and Chromium decodes JPEG with the library that readRegion follows bit for bit.
    expect(measureDifference(shown, stored).largest).toBe(0);
    await screenshot('export-slide');
    expect(server.missed).toEqual([]);
    expect(requests.filter((address) => !address.startsWith(server.url))).toEqual([]);
    expectQuiet();
  });

  it('shows the slide in normalised colours where they were asked for', async () => {
    const out = join(folder, 'views');
    const { rows } = await exportSlides({
      ...{ slides: [SLIDE], out, workers: 0, finestDownsample: 8, storedLevels: true },
      views: ['normalized', 'other'],
    });
    expect(rows[0]?.notices).toEqual(['it has no view other: it has normalized']);
    await using files = await startStaticServer(out);
    const { page, expectQuiet, screenshot } = await browser.open(`${files.url}#/slide/${ID}?view=normalized`);
    await waitForTiles(page);
    // A pixel of the finest level is one of the screen; the slide begins at its corner.
    const corner = { x: 300, y: 200 };
    await page.evaluate(({ x, y }) => {
      const pane = window.slideloom?.panes[0];
      const { width, height } = pane?.sight.peek() ?? { width: 0, height: 0 };
      pane?.moveTo({ x: (width / 2 - x) * 8, y: (height / 2 - y) * 8, scale: 1 / 8 }, true);
    }, corner);
    await waitForTiles(page);
    const shown = (await readCanvas(page, { ...corner, width: 240, height: 240 })).filter((_, i) => i % 4 !== 3);
    await using live = await serveViewer({ slides: [SLIDE], workers: 0 });
    const measureTile = async (path: string) => {
      const answer = await fetch(new URL(`slides/${path}/9/0_0.png`, live.url));
      const tile = await decodeImage(new Uint8Array(await answer.arrayBuffer()));
      return tile.data.reduce((sum, level, i) => sum + Math.abs(level - (shown[i] ?? 0)), 0) / tile.data.length;
    };
    // Means of levels: JPEG of quality 90 against what was encoded; as scanned it looks otherwise.
    expect(await measureTile(`${ID}/views/normalized_files`)).toBeLessThan(5);
    expect(await measureTile(`${ID}_files`)).toBeGreaterThan(10);
    await screenshot('export-normalized');
    expect(files.missed).toEqual([]);
    expectQuiet();
  });
});

function readScale(page: Page): Promise<number> {
  return page.evaluate(() => window.slideloom?.panes[0]?.sight.peek().scale ?? 0);
}

/** Where the outline of the tissue runs. */
async function readEdge(page: Page): Promise<number[]> {
  const at = await page.evaluate(() => window.slideloom?.panes[0]?.toElement({ x: 800, y: 1400 }));
  const box = { x: Math.round(at?.x ?? 0) - 1, y: Math.round(at?.y ?? 0), width: 3, height: 1 };
  return [...(await readCanvas(page, box))];
}
