import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { decodeImage } from '../../src/io/encode-image.ts';
import { openSlide } from '../../src/slide/open-slide.ts';
import { serveViewer, type ViewerServer } from '../../src/viewer/serve-viewer.ts';
import { describeWithBrowser, readCanvas, waitForTiles } from '../support/browser.ts';
import { writeJpegSlide } from '../support/jpeg-slide.ts';
import { sharedPath } from '../support/shared-data.ts';

const ID = 'CMU-1-Small-Region';
const CELLS = 'CSM_ABCM22001_B09_MiniCrop';
/** Pixels of a side of the slide's tiles. */
const TILE = 240;
const OTHER = 'hamamatsu-DAPI-2-387';

interface Look {
  readonly x: number;
  readonly y: number;
  readonly scale: number;
  readonly rotation: number;
  readonly width: number;
  readonly height: number;
}

/** Where both panes look, once they stand still. */
async function readLooks(page: Page): Promise<[Look, Look]> {
  await waitForTiles(page, 0);
  await waitForTiles(page, 1);
  return page.evaluate(async () => {
    const read = () => (window.slideloom?.panes ?? []).map(({ sight }) => ({ ...sight.value }));
    let before = '';
    while (before !== JSON.stringify(read())) {
      before = JSON.stringify(read());
      await new Promise((resolve) => setTimeout(resolve, 60));
    }
    return read() as never;
  });
}

/** Without alpha. */
function dropAlpha(rgba: Uint8Array): Uint8Array {
  return rgba.filter((_, index) => index % 4 !== 3);
}

function getMeanDifference(one: Uint8Array, other: Uint8Array): number {
  expect(one.length).toBe(other.length);
  return one.reduce((sum, value, index) => sum + Math.abs(value - (other[index] ?? 0)), 0) / one.length;
}

describeWithBrowser('two slides that are compared', (browser) => {
  let server: ViewerServer;
  let folder: string;
  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'compare-'));
    await writeJpegSlide(join(folder, 'glass.tif'), { width: 700, height: 600, tile: 256, kind: () => 'none' });
    const slides = [`${ID}.svs`, `${OTHER}.ndpi`].map((name) => sharedPath('data/wsi', name));
    server = await serveViewer({
      slides: [...slides, sharedPath('data/multiplex', `${CELLS}.ome.tif`), join(folder, 'glass.tif')],
      workers: 0,
    });
  });
  afterAll(async () => {
    await server?.close();
    rmSync(folder, { recursive: true });
  });
  // Panes of an even width: OpenSeadragon draws half a pixel off in others.
  const viewport = { width: 1282, height: 800 };
  const open = (hash: string) => browser.open(`${server.url}#/slide/${hash}`, { viewport });

  it('shows a slide beside its normalised self, pixel on pixel', async () => {
    const { page, expectQuiet, screenshot } = await open(
      `${ID}?compare=side&withview=normalized&x=1100&y=1400&mpp=0.499`,
    );
    const [first] = await readLooks(page);
    // Corners of pixels on corners of pixels.
    const corner = { x: Math.round(1100 - first.width / 2), y: Math.round(1400 - first.height / 2) };
    await page.evaluate((to) => window.slideloom?.panes[0]?.moveTo(to, true), {
      x: corner.x + first.width / 2,
      y: corner.y + first.height / 2,
      scale: 1,
    });
    const looks = await readLooks(page);
    expect(looks[1]).toEqual(looks[0]);
    // A tile of the grid, whichever way its pixels came.
    const tile = { x: 4 * TILE, y: 5 * TILE, width: TILE, height: TILE };
    const box = { ...tile, x: tile.x - corner.x, y: tile.y - corner.y };
    const [left, right] = [dropAlpha(await readCanvas(page, box, 0)), dropAlpha(await readCanvas(page, box, 1))];
    await using slide = await openSlide(sharedPath('data/wsi', `${ID}.svs`));
    const raster = await slide.readRegion({ ...tile, level: 0 });
    const exact = await fetch(new URL(`slides/${ID}/views/normalized_files/12/4_5.png`, server.url));
    const normalized = (await decodeImage(new Uint8Array(await exact.arrayBuffer()))).data;
    // Stored JPEG, by two decoders; JPEG of quality 90 on the other side. The pictures themselves are further apart.
    expect(getMeanDifference(left, raster.data)).toBeLessThan(2);
    expect(getMeanDifference(right, normalized)).toBeLessThan(5);
    expect(getMeanDifference(left, normalized)).toBeGreaterThan(10);
    await screenshot('compare-side');
    expectQuiet();
  });

  it('moves both by the same microns: dragged, zoomed by the wheel, turned, on slides of other pixel sizes', async () => {
    const { page, expectQuiet, screenshot } = await open(`${ID}?compare=side&with=${OTHER}`);
    const mpp = await page.waitForFunction(() => {
      const known = (window.slideloom?.panes ?? []).map(({ facts }) => facts.mpp?.x ?? 0);
      return known.length === 2 ? known : null;
    });
    const [one, other] = (await mpp.jsonValue()) as [number, number];
    expect(one / other).toBeGreaterThan(1.5);
    const start = await readLooks(page);
    const check = async () => {
      const [first, second] = await readLooks(page);
      expect(second.scale * one).toBeCloseTo(first.scale * other, 6);
      const moved = { x: (first.x - start[0].x) * one, y: (first.y - start[0].y) * one };
      // A hundredth of a pixel of the screen, which nobody sees, is let pass.
      const pixel = one / first.scale;
      expect(Math.abs((second.x - start[1].x) * other - moved.x) / pixel).toBeLessThan(0.02);
      expect(Math.abs((second.y - start[1].y) * other - moved.y) / pixel).toBeLessThan(0.02);
      expect(second.rotation).toBeCloseTo(first.rotation, 6);
      return [first, second] as const;
    };
    const [box] = await page
      .locator('.pane')
      .evaluateAll((panes) => panes.map((pane) => pane.getBoundingClientRect().toJSON()));
    const middle = { x: box.x + box.width / 2, y: box.y + box.height / 2 };
    await page.mouse.move(middle.x, middle.y);
    await page.mouse.down();
    await page.mouse.move(middle.x - 90, middle.y + 60, { steps: 5 });
    await page.mouse.up();
    const [dragged] = await check();
    expect(dragged.x).toBeGreaterThan(start[0].x + 50);
    // The other side leads now.
    await page.mouse.move(middle.x + box.width, middle.y);
    await page.mouse.wheel(0, -240);
    const [zoomed] = await check();
    expect(zoomed.scale).toBeGreaterThan(dragged.scale * 1.1);
    await page.keyboard.press('r');
    const [turned] = await check();
    expect(turned.rotation).toBe(90);
    // Let go, moved by itself, held as they lie: the address has it.
    await page.keyboard.press('l');
    await page.keyboard.press('ArrowRight');
    const [, alone] = await readLooks(page);
    await page.keyboard.press('l');
    await expect.poll(() => page.url()).toContain('shift=');
    const [still, held] = await readLooks(page);
    expect([still.x, still.y]).toEqual([expect.closeTo(turned.x, 3), expect.closeTo(turned.y, 3)]);
    expect([held.x, held.y]).toEqual([expect.closeTo(alone.x, 0), expect.closeTo(alone.y, 0)]);
    await screenshot('compare-slides');
    const again = await open(page.url().split('#/slide/')[1] ?? '');
    const [, there] = await readLooks(again.page);
    expect([there.x, there.y]).toEqual([expect.closeTo(held.x, 0), expect.closeTo(held.y, 0)]);
    expectQuiet();
  });

  it('hangs a curtain between them, and moves it by keyboard and pointer', async () => {
    const { page, expectQuiet, screenshot } = await open(`${ID}?x=1100&y=1400&mpp=0.499`);
    await waitForTiles(page);
    await page.keyboard.press('C');
    await expect.poll(() => page.url()).toContain('compare=curtain&withview=normalized');
    const [look] = await readLooks(page);
    const panes = await page.locator('.panes').evaluate((element) => element.getBoundingClientRect().toJSON());
    const seeAt = async (share: number) => {
      const at = { x: Math.round(panes.width * share), y: 300, width: 40, height: 40 };
      const shot = await page.screenshot({ clip: { ...at, x: panes.x + at.x, y: panes.y + at.y } });
      const seen = await decodeImage(shot);
      const sides = await Promise.all([0, 1].map(async (index) => dropAlpha(await readCanvas(page, at, index))));
      return sides.map((side) => getMeanDifference(seen.data.slice(0, side.length), side));
    };
    expect(Math.abs(look.width - panes.width)).toBeLessThan(1);
    expect([(await seeAt(0.3))[0], (await seeAt(0.7))[1]]).toEqual([0, 0]);
    expect((await seeAt(0.3))[1]).toBeGreaterThan(10);
    await screenshot('compare-curtain');
    await page.mouse.move(panes.x + panes.width / 2, 600);
    await page.mouse.down();
    await page.mouse.move(panes.x + panes.width * 0.2, 600, { steps: 4 });
    await page.mouse.up();
    expect((await seeAt(0.3))[1]).toBe(0);
    await expect.poll(() => page.url()).toMatch(/split=0\.1\d/);
    for (let i = 0; i < 8; i++) await page.keyboard.press('>');
    expect((await seeAt(0.3))[0]).toBe(0);
    await page.keyboard.press('x');
    await expect.poll(() => page.url()).toMatch(/compare=curtain.*&view=normalized/);
    await page.keyboard.press('C');
    await expect.poll(() => page.locator('.pane').count()).toBe(1);
    expectQuiet();
  });

  it('shows the channels that are chosen, in the colours that are chosen', async () => {
    const { page, expectQuiet, screenshot } = await open(`${CELLS}?x=250&y=250&downsample=1`);
    await waitForTiles(page);
    const see = async () => {
      await waitForTiles(page);
      const look = await page.evaluate(() => ({ ...window.slideloom?.panes[0]?.sight.value }) as Look);
      const box = { x: Math.round(look.width / 2) - 60, y: Math.round(look.height / 2) - 50, width: 120, height: 100 };
      return dropAlpha(await readCanvas(page, box));
    };
    await using slide = await openSlide(sharedPath('data/multiplex', `${CELLS}.ome.tif`));
    const region = { x: 190, y: 200, width: 120, height: 100, level: 0 };
    // Levels of JPEG of quality 90.
    expect(getMeanDifference(await see(), (await slide.readRegion(region)).data)).toBeLessThan(5);
    for (const name of ['GZMB', 'PD1', 'CK-EPCAM', 'CD8a', 'FOXP3'])
      await page.getByLabel(name, { exact: true }).uncheck();
    await page.getByLabel('Colour of PDL1').fill('#0000ff');
    await expect.poll(() => page.url()).toContain('channels=0,1:0000ff');
    const [red, blue] = [
      await slide.readRegion({ ...region, channel: 0 }),
      await slide.readRegion({ ...region, channel: 1 }),
    ];
    const sum = Uint8Array.from({ length: 120 * 100 * 3 }, (_, index) => {
      const at = Math.floor(index / 3);
      return [red.data[at] ?? 0, 0, blue.data[at] ?? 0][index % 3] ?? 0;
    });
    await expect.poll(async () => getMeanDifference(await see(), sum)).toBeLessThan(3);
    await screenshot('channels');
    await page.getByTitle('PDL1 alone, as grey').click();
    await expect.poll(() => page.url()).toContain('view=channel-1');
    const grey = Uint8Array.from(sum, (_, index) => Number(blue.data[Math.floor(index / 3)] ?? 0));
    await expect.poll(async () => getMeanDifference(await see(), grey)).toBeLessThan(3);
    // Four times as bright; what JPEG lost counts four times too.
    await page.getByLabel('Brightness').selectOption('4');
    const bright = grey.map((value) => Math.min(255, 4 * value));
    await expect.poll(async () => getMeanDifference(await see(), bright)).toBeLessThan(12);
    await page.getByText('All, in their own colours').click();
    await expect.poll(() => page.url()).not.toMatch(/view=|channels=/);
    await waitForTiles(page);
    await screenshot('channels-bright');
    // OpenSeadragon says so of tiles that came when their channel was gone.
    expectQuiet(/Ignoring tile/);
  });

  it('says where a slide can not be shown otherwise', async () => {
    const { page, expectQuiet, screenshot } = await open('glass?view=normalized');
    await page.getByText(/glass is shown as it is: its stains can't be told/).waitFor();
    await expect.poll(() => page.url()).not.toContain('view=');
    await screenshot('compare-glass');
    // OpenSeadragon says so of tiles that came when their pane was gone.
    expectQuiet(/422|Ignoring tile/);
  });
});
