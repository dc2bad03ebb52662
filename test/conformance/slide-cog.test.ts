import { describe, expect, it } from 'vitest';
import { createBufferSource } from '../../src/io/source/buffer-source.ts';
import { openSlide } from '../../src/slide/open-slide.ts';
import { describeSlide } from '../support/slide-conformance.ts';
import { buildTiff, createNoiseImage, type TinyTag } from '../support/tiny-tiff.ts';

/** Laid out as GDAL writes a cloud-optimised GeoTIFF: an image with geographic tags, its overviews, and masks of both. */
const geo: TinyTag[] = [
  { tag: 33_550, type: 12, values: [0.5, 0.5, 0] },
  { tag: 33_922, type: 12, values: [0, 0, 0, 400_000, 5_000_000, 0] },
  { tag: 34_735, type: 3, values: [1, 1, 0, 1, 1024, 0, 1, 1] },
  { tag: 42_113, type: 2, values: [...Buffer.from('0\0')] },
];
const subfile = (value: number): TinyTag => ({ tag: 254, type: 4, values: [value] });
const tiles = { tileWidth: 16, tileHeight: 16 };
const rgb = (width: number, height: number) => createNoiseImage({ width, height, ...tiles });
const mask = (width: number, height: number, type: number) => ({
  ...createNoiseImage({ width, height, samples: 1, ...tiles }),
  photometric: 4,
  tags: [subfile(type)],
});
const full = rgb(75, 50);
const pages = [
  { ...full, tags: geo, chunks: full.chunks.map((chunk, i) => (i === 1 ? undefined : chunk)) },
  mask(75, 50, 4),
  { ...rgb(38, 25), tags: [subfile(1)] },
  mask(38, 25, 5),
  { ...rgb(19, 13), tags: [subfile(1)] },
];
const open = (big: boolean) => openSlide(createBufferSource(buildTiff(pages, { big }).bytes, 'cog.tif'));

const base = { format: 'generic-tiff', levels: 3, associated: [], hasMpp: false };
describeSlide('cloud-optimised GeoTIFF', { ...base, open: () => open(false) });
describeSlide('cloud-optimised GeoTIFF, BigTIFF', { ...base, open: () => open(true) });

describe('a cloud-optimised GeoTIFF', () => {
  it('has its overviews for levels, and white where a tile is left out', async () => {
    await using slide = await open(false);
    const { data } = await slide.readRegion({ x: 0, y: 0, level: 1, width: 38, height: 25 });
    expect(data).toEqual(rgb(38, 25).pixels);
    const gap = await slide.readRegion({ x: 16, y: 0, level: 0, width: 16, height: 16 });
    expect(gap.data.every((value) => value === 255)).toBe(true);
  });
});
