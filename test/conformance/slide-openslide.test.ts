import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openSlide } from '../../src/slide/open-slide.ts';
import { describeWithOpenSlideLibrary } from '../support/openslide-library.ts';
import { describeWithShared, sharedPath } from '../support/shared-data.ts';
import { describeSlide } from '../support/slide-conformance.ts';
import type { RestartJpeg } from '../support/tiny-ndpi.ts';
import { buildTiff, createNoiseImage } from '../support/tiny-tiff.ts';
import { joinTiles, writeVms } from '../support/tiny-vms.ts';

// The suite of all slides, through OpenSlide. It has the file open beside our own source, which is why there are two handles.
describeWithOpenSlideLibrary('OpenSlide', () => {
  const open = (path: string) => () => openSlide(path, { backend: 'openslide' });
  let folder: string;
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'slideloom-openslide-'));
    // Tiles of less than 1 KiB, uncompressed, are refused by libtiff.
    const tiles = { tileWidth: 32, tileHeight: 32 };
    const reduced = { tags: [{ tag: 254, type: 4, values: [1] }] };
    const images = [
      createNoiseImage({ width: 75, height: 50, ...tiles }),
      { ...createNoiseImage({ width: 38, height: 25, ...tiles }), ...reduced },
    ];
    writeFileSync(join(folder, 'tiny.tif'), buildTiff(images).bytes);
  });
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  describeSlide('a generated TIFF, through OpenSlide', {
    open: () => open(join(folder, 'tiny.tif'))(),
    format: 'generic-tiff',
    levels: 2,
    associated: [],
    hasMpp: false,
    handles: 2,
  });

  describe('a VMS, which no own format reads', () => {
    let path: string;
    let image: RestartJpeg;
    beforeAll(async () => {
      ({ path, image } = await writeVms(folder));
    });

    describeSlide('a generated VMS', {
      open: () => openSlide(path),
      format: 'hamamatsu',
      levels: 7,
      associated: ['macro'],
      hasMpp: true,
      handles: 2,
    });

    it('has the pixels of its tiles, without being told which back end', async () => {
      await using slide = await openSlide(path);
      expect(slide.openslide?.version).toMatch(/^\d+\.\d+/);
      expect(slide.mpp).toEqual({ x: 0.5, y: 0.5, source: 'metadata' });
      const { data } = await slide.readRegion({ x: 0, y: 0, level: 0, width: 256, height: 128 });
      expect(Buffer.compare(data, joinTiles(image))).toBe(0);
    });

    it('is refused where own formats only are asked for', async () => {
      await expect(openSlide(path, { backend: 'native' })).rejects.toMatchObject({ tag: 'unsupported-format' });
    });
  });

  describeWithShared('real slides, through OpenSlide', () => {
    describeSlide('CMU-1-Small-Region.svs, through OpenSlide', {
      open: open(sharedPath('data', 'wsi', 'CMU-1-Small-Region.svs')),
      format: 'aperio',
      levels: 1,
      associated: ['label', 'macro', 'thumbnail'],
      hasMpp: true,
      handles: 2,
    });
    describeSlide('hamamatsu-DAPI-2-387.ndpi, through OpenSlide', {
      open: open(sharedPath('data', 'wsi', 'hamamatsu-DAPI-2-387.ndpi')),
      format: 'hamamatsu',
      levels: 7,
      associated: ['macro'],
      hasMpp: true,
      handles: 2,
    });
  });
});
