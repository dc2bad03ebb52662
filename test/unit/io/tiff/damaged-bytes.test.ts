import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { encodeImage } from '../../../../src/io/encode-image.ts';
import { createBufferSource } from '../../../../src/io/source/buffer-source.ts';
import { encodeLzw } from '../../../../src/io/tiff/writer/encode-lzw.ts';
import { openSlide } from '../../../../src/slide/open-slide.ts';
import { isSlideloomError } from '../../../../src/utils/errors.ts';
import { buildTiff, createNoise, createNoiseImage } from '../../../support/tiny-tiff.ts';

/** Whatever the bytes: the slide opens and reads, or says why not with an error of its own. */
async function readAll(bytes: Uint8Array): Promise<string> {
  try {
    await using slide = await openSlide(createBufferSource(bytes, 'fuzz.tif'), { maxTileBytes: 2 ** 20 });
    for (const name of slide.associatedImages) await slide.readAssociatedImage(name);
    for (const level of slide.levels.keys()) await slide.readRegion({ x: -2, y: -2, level, width: 20, height: 20 });
    await slide.readThumbnail(8);
    return 'read';
  } catch (error) {
    if (isSlideloomError(error)) return error.tag;
    throw error;
  }
}

const image = createNoiseImage({ width: 20, height: 12, tileWidth: 16, tileHeight: 16 }, encodeLzw);
const small = createNoiseImage({ width: 10, height: 6, tileWidth: 16, tileHeight: 16 });
const tags = [
  { tag: 254, type: 4, values: [1] },
  { tag: 282, type: 5, values: [40_000, 1] },
  { tag: 283, type: 5, values: [40_000, 1] },
  { tag: 296, type: 3, values: [3] },
];
const jpeg = await encodeImage({ width: 16, height: 16, channels: 3, data: createNoise(768) }, { format: 'jpeg' });
const files = {
  jpeg: buildTiff([
    { width: 16, height: 16, tileWidth: 16, tileHeight: 16, photometric: 6, compression: 7, chunks: [jpeg] },
  ]).bytes,
  classic: buildTiff([
    { ...image, compression: 5, tags: tags.slice(1) },
    { ...small, tags },
  ]).bytes,
  big: buildTiff([{ ...image, compression: 5, subImages: [small] }], { big: true, bigEndian: true }).bytes,
  aperio: buildTiff([
    { ...image, compression: 5, description: 'Aperio Image\n20x12|MPP = 0.5|AppMag = 20' },
    createNoiseImage({ width: 5, height: 3 }),
    { ...createNoiseImage({ width: 6, height: 3, rowsPerStrip: 2 }), description: 'Aperio Image\nlabel 6x3' },
  ]).bytes,
};

describe.each(Object.entries(files))('a damaged %s file', (_name, bytes) => {
  it('is sound before it is damaged', async () => {
    expect(await readAll(bytes)).toBe('read');
  });

  it('reads or fails with a typed error when cut at any byte', async () => {
    const outcomes = new Map<string, number>();
    for (let length = 0; length < bytes.length; length++) {
      const outcome = await readAll(bytes.subarray(0, length));
      outcomes.set(outcome, (outcomes.get(outcome) ?? 0) + 1);
    }
    // The last directory lies at the end: nearly every cut is seen when the file is opened.
    expect(outcomes.get('tiff')).toBeGreaterThan(bytes.length / 2);
    // Only a cut inside a directory's link is not: it reads as the chain's end, as it does for libtiff.
    expect(outcomes.get('read') ?? 0).toBeLessThanOrEqual(12);
  });

  it('reads or fails with a typed error whatever bytes are changed', async () => {
    const change = fc.tuple(fc.nat(bytes.length - 1), fc.nat(255));
    await fc.assert(
      fc.asyncProperty(fc.array(change, { minLength: 1, maxLength: 6 }), async (changes) => {
        const damaged = bytes.slice();
        for (const [at, value] of changes) damaged[at] = value;
        await readAll(damaged);
      }),
      { seed: 20_240_611, numRuns: 600 },
    );
  });
});
