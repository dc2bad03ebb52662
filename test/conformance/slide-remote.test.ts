import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { openSlide } from '../../src/slide/open-slide.ts';
import type { Slide } from '../../src/slide/slide.ts';
import { type RangeServer, startRangeServer } from '../support/range-server.ts';
import { describeWithShared, sharedPath } from '../support/shared-data.ts';
import { describeSlide } from '../support/slide-conformance.ts';
import { buildTiff, createNoiseImage } from '../support/tiny-tiff.ts';

const tiles = { tileWidth: 16, tileHeight: 16 };
const reduced = { tags: [{ tag: 254, type: 4, values: [1] }] };
const { bytes: tiny } = buildTiff([
  createNoiseImage({ width: 75, height: 50, ...tiles }),
  { ...createNoiseImage({ width: 38, height: 25, ...tiles }), ...reduced },
]);

let server: RangeServer;
beforeAll(async () => {
  server = await startRangeServer({ 'tiny.tif': tiny });
});
beforeEach(() => server.reset());
afterAll(() => server.close());

describeSlide('generic TIFF over http', {
  open: () => openSlide(server.getUrl('tiny.tif')),
  format: 'generic-tiff',
  levels: 2,
  associated: [],
  hasMpp: false,
});

describeSlide('generic TIFF over http, in small blocks without a cache', {
  open: () => openSlide(server.getUrl('tiny.tif'), { remote: { blockBytes: 1024, cacheBytes: 0 } }),
  format: 'generic-tiff',
  levels: 2,
  associated: [],
  hasMpp: false,
});

describe('a server that fails while a slide is opened', () => {
  it('is an error, and never a tag that is missing', async () => {
    const description = `Aperio Image\r\n75x50 |AppMag = 20|MPP = 0.5|Filler = ${'x'.repeat(4000)}`;
    const image = { ...createNoiseImage({ width: 75, height: 50, ...tiles }), description };
    server.files.set('aperio.svs', buildTiff([image]).bytes);
    const open = () =>
      openSlide(server.getUrl('aperio.svs'), { remote: { blockBytes: 1024, retries: 0, cacheBytes: 2048 } });
    await using slide = await open();
    expect(slide.format).toBe('aperio');
    const count = server.requests.length;
    // Whichever request it is: the slide is read as what it is, or not at all.
    for (let bad = 1; bad <= count; bad++) {
      server.reset();
      server.intercept = (_request, response, number) => {
        if (number === bad) response.writeHead(503).end();
        return number === bad;
      };
      const opened = await open().catch((error: unknown) => error);
      if (opened instanceof Error) expect(opened).toMatchObject({ tag: 'remote', status: 503 });
      else {
        await using other = opened as Slide;
        expect(other.format).toBe('aperio');
        expect(other.properties).toEqual(slide.properties);
      }
    }
  });
});

describeWithShared('real slides over http', () => {
  const names = ['CMU-1-Small-Region.svs', 'CMU-1-Small-Region.jpeg.tiff'];
  beforeAll(() => {
    for (const name of names) server.files.set(name, readFileSync(sharedPath('data', 'wsi', name)));
  });

  describeSlide('CMU-1-Small-Region.svs over http', {
    open: () => openSlide(server.getUrl('CMU-1-Small-Region.svs')),
    format: 'aperio',
    levels: 1,
    associated: ['label', 'macro', 'thumbnail'],
    hasMpp: true,
  });

  it.each(names)('%s: every level and associated image has the bytes that it has as a file', async (name) => {
    await using local = await openSlide(sharedPath('data', 'wsi', name));
    await using remote = await openSlide(server.getUrl(name), { remote: { blockBytes: 32 * 1024 } });
    expect([...remote.properties]).toEqual([...local.properties]);
    for (const [level, { width, height }] of local.levels.entries()) {
      const region = { x: 0, y: 0, level, width, height };
      const [ours, theirs] = [await remote.readRegion(region), await local.readRegion(region)];
      expect(Buffer.compare(ours.data, theirs.data)).toBe(0);
    }
    for (const image of local.associatedImages) {
      const [ours, theirs] = [await remote.readAssociatedImage(image), await local.readAssociatedImage(image)];
      expect(Buffer.compare(ours.data, theirs.data)).toBe(0);
    }
  });

  it('CMU-1-Small-Region.svs opens with 2 requests for 1.2 MB of its 1.9, its pixels take 3 more', async () => {
    await using slide = await openSlide(server.getUrl('CMU-1-Small-Region.svs'));
    expect(server.requests.length).toBe(2);
    await slide.readRegion({ x: 0, y: 0, level: 0, width: slide.width, height: slide.height });
    expect(server.requests.length).toBeLessThanOrEqual(5);
    // No byte came twice.
    expect(server.countBytes()).toBeLessThanOrEqual(slide.identity.size);
    server.reset();
    for (const image of slide.associatedImages) await slide.readAssociatedImage(image);
    await slide.readThumbnail(500);
    expect(server.requests.length).toBe(0);
  });
});
