import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { openSlide } from '../../src/slide/open-slide.ts';
import { exportSlides } from '../../src/viewer/export/export-slides.ts';
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
