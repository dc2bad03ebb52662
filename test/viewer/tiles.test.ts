import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { decodeImage } from '../../src/io/encode-image.ts';
import type { Raster } from '../../src/io/raster.ts';
import { openSlide } from '../../src/slide/open-slide.ts';
import { serveViewer, type ViewerServer } from '../../src/viewer/serve-viewer.ts';
import { measureDifference } from '../support/compare-rasters.ts';
import { describeWithOpenSlide } from '../support/openslide-oracle.ts';
import { startRangeServer } from '../support/range-server.ts';
import { describeWithShared, ROOT, sharedPath } from '../support/shared-data.ts';

const SVS = sharedPath('data', 'wsi', 'CMU-1-Small-Region.svs');
const JP2 = sharedPath('data', 'wsi', 'CMU-1-Small-Region.jp2.tiff');
const MULTIPLEX = sharedPath('data', 'multiplex', 'CSM_ABCM22001_B09_MiniCrop.ome.tif');
const ID = 'CMU-1-Small-Region';
/** 2220 x 2967 px: Deep Zoom's levels 0 to 12. */
const LAST = 12;
const TILE = 240;

describeWithShared('tiles of the viewer', () => {
  let server: ViewerServer;
  beforeAll(async () => {
    server = await serveViewer({ slides: [SVS, JP2, MULTIPLEX], workers: 0, overlays: [] });
  });
  afterAll(() => server.close());

  const get = async (path: string) => {
    const answer = await fetch(new URL(path, server.url));
    return { answer, bytes: new Uint8Array(await answer.arrayBuffer()) };
  };
  const getRaster = async (path: string) => decodeImage((await get(path)).bytes);
  const getTile = (level: number, col: number, row: number, format = 'png') =>
    getRaster(`/slides/${ID}_files/${level}/${col}_${row}.${format}`);

  it('describes the grid that the slide stores', async () => {
    const { answer, bytes } = await get(`/slides/${ID}.dzi`);
    expect(answer.headers.get('content-type')).toContain('application/xml');
    expect(Buffer.from(bytes).toString()).toMatch(
      /Format="jpg" Overlap="0" TileSize="240"[\s\S]*Width="2220" Height="2967"/,
    );
    const facts = (await (await fetch(new URL(`/slides/${ID}`, server.url))).json()) as Record<string, unknown>;
    expect(facts).toMatchObject({
      objective: 20,
      vendor: 'aperio',
      deepZoom: { tileSize: TILE, levels: 13, stored: [LAST] },
    });
    expect(facts['mpp']).toMatchObject({ x: 0.499, y: 0.499, source: 'metadata' });
  });

  it('passes a stored tile on: its data are those of the file, its pixels those of readRegion', async () => {
    await using slide = await openSlide(SVS);
    const stored = await slide.readTile(0, 3, 4);
    const { bytes } = await get(`/slides/${ID}_files/${LAST}/3_4.jpg`);
    const data = Buffer.from(stored?.data ?? []).subarray(-1000);
    expect(Buffer.from(bytes).subarray(-1000).equals(data)).toBe(true);
    const region = await slide.readRegion({ x: 3 * TILE, y: 4 * TILE, level: 0, width: TILE, height: TILE });
    // libjpeg-turbo on both sides: bit for bit.
    expect(measureDifference(await decodeImage(bytes), region).largest).toBe(0);
    // Checked once, and kept.
    const { cachedBytes } = server.getLoad();
    expect((await get(`/slides/${ID}_files/${LAST}/3_4.jpg`)).bytes).toEqual(bytes);
    expect([cachedBytes > bytes.length, server.getLoad().cachedBytes]).toEqual([true, cachedBytes]);
  });

  it('cuts the last tiles, and averages the levels between', async () => {
    await using slide = await openSlide(SVS);
    const corner = { x: 9 * TILE, y: 12 * TILE, level: 0, width: 60, height: 87 };
    const exact = await slide.readRegion(corner);
    expect(measureDifference(await getTile(LAST, 9, 12), exact).largest).toBe(0);
    // Quality 90, 4:2:0: what the encoder loses on this tissue.
    expect(measureDifference(await getTile(LAST, 9, 12, 'jpg'), exact).mean).toBeLessThan(6);
    const whole = await slide.readRegion({ x: 0, y: 0, level: 0, width: 2220, height: 2967 });
    // Half of it as tiles are decoded, with an odd row at its end (1484); a quarter as levels are read.
    for (const [scale, col, row] of [
      [2, 1, 2],
      [2, 4, 6],
      [4, 1, 2],
      [4, 2, 3],
      [64, 0, 0],
    ] as const) {
      const means = averageBlocks(whole, scale, { x: col * TILE, y: row * TILE });
      const tile = await getTile(LAST - Math.log2(scale), col, row);
      expect(measureDifference(tile, means), `${scale}: ${col}, ${row}`).toMatchObject({ largest: 0 });
    }
  });

  it('averages levels of other codecs than JPEG', async () => {
    await using slide = await openSlide(JP2);
    const last = Math.ceil(Math.log2(Math.max(slide.width, slide.height)));
    const { deepZoom } = (await (await fetch(new URL('/slides/CMU-1-Small-Region.jp2', server.url))).json()) as {
      deepZoom: { tileSize: number };
    };
    const side = 2 * deepZoom.tileSize;
    const whole = await slide.readRegion({ x: 0, y: 0, level: 0, width: side, height: side });
    const tile = await getRaster(`/slides/CMU-1-Small-Region.jp2_files/${last - 1}/0_0.png`);
    const means = averageBlocks(whole, 2, { x: 0, y: 0, size: deepZoom.tileSize });
    expect(measureDifference(tile, means).largest).toBe(0);
  });

  it('serves IIIF: a region that is a tile is that tile, any other has its pixels', async () => {
    await using slide = await openSlide(SVS);
    const info = (await (await fetch(new URL(`/iiif/3/${ID}/info.json`, server.url))).json()) as { id: string };
    expect(info).toMatchObject({ type: 'ImageService3', profile: 'level1', width: 2220, height: 2967 });
    expect(info.id).toBe(new URL(`/iiif/3/${ID}`, server.url).href);
    const tile = await get(`/slides/${ID}_files/${LAST - 1}/1_2.jpg`);
    const same = await get(`/iiif/3/${ID}/480,960,480,480/240,/0/default.jpg`);
    expect(same.bytes).toEqual(tile.bytes);
    expect(same.answer.headers.get('etag')).toBe(tile.answer.headers.get('etag'));
    const region = await slide.readRegion({ x: 100, y: 50, level: 0, width: 70, height: 30 });
    expect(measureDifference(await getRaster(`/iiif/3/${ID}/100,50,70,30/max/0/default.png`), region).largest).toBe(0);
    const small = await getRaster(`/iiif/3/${ID}/pct:50,50,50,50/!100,100/0/color.png`);
    expect([small.width, small.height]).toEqual([75, 100]);
  });

  it('shows channels in their colours, and one alone', async () => {
    const [path] = ['/slides/CSM_ABCM22001_B09_MiniCrop_files/9/0_0.png'];
    await using all = await openSlide(MULTIPLEX);
    const region = { x: 0, y: 0, level: 0, width: all.width, height: all.height };
    const grid = (await (await fetch(new URL(path.replace(/_files.*/, ''), server.url))).json()) as {
      deepZoom: { tileSize: number };
    };
    const size = {
      width: Math.min(all.width, grid.deepZoom.tileSize),
      height: Math.min(all.height, grid.deepZoom.tileSize),
    };
    expect(measureDifference(await getRaster(path), await all.readRegion({ ...region, ...size })).largest).toBe(0);
    await using one = await openSlide(MULTIPLEX, { channel: 'CD8a' });
    expect(
      measureDifference(await getRaster(`${path}?channel=CD8a`), await one.readRegion({ ...region, ...size })).largest,
    ).toBe(0);
  });

  it('makes thumbnails, and keeps labels to itself', async () => {
    const thumbnail = await getRaster(`/slides/${ID}/thumbnail.jpg?size=200`);
    expect([thumbnail.width, thumbnail.height]).toEqual([150, 200]);
    const small = await getRaster(`/slides/${ID}/associated/thumbnail.png?size=64`);
    expect(Math.max(small.width, small.height)).toBe(64);
    expect((await get(`/slides/${ID}/associated/label.jpg`)).answer.status).toBe(404);
    expect((await get(`/slides/${ID}/associated/macro.jpg`)).answer.status).toBe(404);
    await using open = await serveViewer({ slides: [SVS], workers: 0, showLabel: true });
    expect((await fetch(new URL(`/slides/${ID}/associated/label.jpg`, open.url))).status).toBe(200);
  });

  it('serves a remote slide as a local one', async () => {
    const remote = await startRangeServer({ [`${ID}.svs`]: readFileSync(SVS) });
    try {
      await using far = await serveViewer({ slides: [remote.getUrl(`${ID}.svs`)], workers: 0 });
      for (const path of [`/slides/${ID}_files/${LAST}/3_4.jpg`, `/slides/${ID}_files/${LAST - 1}/1_1.jpg`]) {
        const theirs = await fetch(new URL(path, far.url));
        expect(new Uint8Array(await theirs.arrayBuffer())).toEqual((await get(path)).bytes);
      }
    } finally {
      await remote.close();
    }
  });

  it('decodes in threads as in its own', async () => {
    await using threads = await serveViewer({ slides: [SVS], workers: 1 });
    const path = `/slides/${ID}_files/${LAST - 3}/0_0.jpg`;
    const theirs = await fetch(new URL(path, threads.url));
    expect(new Uint8Array(await theirs.arrayBuffer())).toEqual((await get(path)).bytes);
  });

  describeWithOpenSlide('beside OpenSlide', () => {
    it('cuts the tiles of its DeepZoomGenerator', async () => {
      const places = [
        { at: [LAST, 3, 4], size: TILE * TILE, most: { largest: 0, mean: 0 } },
        { at: [LAST, 9, 12], size: 60 * 87, most: { largest: 0, mean: 0 } },
        // It shrinks with a wide kernel (Pillow's thumbnail), we by area: edges differ, their means don't.
        { at: [LAST - 1, 1, 2], size: TILE * TILE, most: { largest: 90, mean: 4 } },
      ] as const;
      const script = join(ROOT, 'test/viewer/deepzoom_oracle.py');
      const args = [script, SVS, String(TILE), ...places.map(({ at }) => at.join(','))];
      const { stdout } = spawnSync('/usr/bin/python3', args, { maxBuffer: 2 ** 24 });
      let from = 0;
      for (const { at, size, most } of places) {
        const [level, col, row] = at;
        const ours = await getTile(level, col, row);
        const theirs = { ...ours, data: new Uint8Array(stdout.subarray(from, from + 3 * size)) };
        from += 3 * size;
        const { largest, mean } = measureDifference(ours, theirs);
        expect(largest, at.join()).toBeLessThanOrEqual(most.largest);
        expect(mean, at.join()).toBeLessThanOrEqual(most.mean);
      }
      expect(from).toBe(stdout.length);
    });
  });
});

/** By its definition: means of whole blocks, halves up; one that reaches over the end is the last that does not. */
function averageBlocks(
  whole: Raster,
  scale: number,
  { x, y, size = TILE }: { x: number; y: number; size?: number },
): Raster {
  const width = Math.min(size, Math.ceil(whole.width / scale) - x);
  const height = Math.min(size, Math.ceil(whole.height / scale) - y);
  const data = new Uint8Array(width * height * 3);
  for (let i = 0; i < data.length; i++) {
    const left = Math.min((x + (Math.floor(i / 3) % width)) * scale, whole.width - scale);
    const top = Math.min((y + Math.floor(i / (3 * width))) * scale, whole.height - scale);
    let sum = 0;
    for (let row = top; row < top + scale; row++)
      for (let col = left; col < left + scale; col++) sum += whole.data[(row * whole.width + col) * 3 + (i % 3)] ?? 0;
    data[i] = Math.floor((2 * sum + scale * scale) / (2 * scale * scale));
  }
  return { width, height, channels: 3, data };
}

describe('the grid', () => {
  it('is one pixel at its top', async () => {
    const { createDeepZoomGrid } = await import('../../src/viewer/deep-zoom.ts');
    const level = { width: 1, height: 1, downsample: { x: 1, y: 1 }, tileWidth: 8, tileHeight: 8, codec: 'none' };
    expect(createDeepZoomGrid({ width: 1, height: 1, levels: [level] }).levels).toHaveLength(1);
    const { levels } = createDeepZoomGrid({ width: 1025, height: 3, levels: [level] });
    expect(levels.map(({ width }) => width)).toEqual([1, 2, 3, 5, 9, 17, 33, 65, 129, 257, 513, 1025]);
  });
});
