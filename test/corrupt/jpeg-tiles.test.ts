import { beforeAll, describe, expect, it } from 'vitest';
import { sharp } from '../../src/io/codec/sharp.ts';
import { createBufferSource } from '../../src/io/source/buffer-source.ts';
import { openSlide } from '../../src/slide/open-slide.ts';
import { isSlideloomError } from '../../src/utils/errors.ts';
import { splitJpeg } from '../support/jpeg-parts.ts';
import { createSeededRandom } from '../support/seeded-random.ts';
import { buildTiff, createNoise } from '../support/tiny-tiff.ts';

const SIZE = 64;
const raw = { raw: { width: SIZE, height: SIZE, channels: 3 as const } };

/** What a slide of one tile gives: its pixels, or `undefined` for the tile error that says where and which codec. */
async function readTile(jpeg: Uint8Array): Promise<Uint8Array | undefined> {
  const image = {
    width: SIZE,
    height: SIZE,
    tileWidth: SIZE,
    tileHeight: SIZE,
    photometric: 6,
    compression: 7,
    chunks: [jpeg],
  };
  await using slide = await openSlide(createBufferSource(buildTiff([image]).bytes, 'one-tile.tif'));
  try {
    return (await slide.readRegion({ x: 0, y: 0, level: 0, width: SIZE, height: SIZE })).data;
  } catch (error) {
    if (!isSlideloomError(error, 'tile')) throw error;
    expect(error).toMatchObject({ level: 0, col: 0, row: 0, cause: { tag: 'codec', codec: 'jpeg' } });
    expect(error.message).toMatch(/^one-tile\.tif: level 0, tile column 0, row 0 can't be read: jpeg: ./);
    return undefined;
  }
}

describe.each(['4:2:0', '4:4:4'])('a JPEG tile, %s', (chromaSubsampling) => {
  let jpeg: Uint8Array;
  let sound: Uint8Array;
  let entropyAt: number;

  beforeAll(async () => {
    // Noise: no block of it is flat, so whatever a decoder fills in shows.
    jpeg = await sharp(createNoise(SIZE * SIZE * 3), raw)
      .jpeg({ quality: 90, chromaSubsampling })
      .toBuffer();
    ({ entropyAt } = splitJpeg(jpeg));
    const pixels = await readTile(jpeg);
    if (!pixels) throw new Error('the sound tile can not be read');
    sound = pixels;
    expect(countFlatBlocks(sound)).toBe(0);
  });

  it('is an error where it is noise', async () => {
    for (const seed of [1, 2, 3]) {
      expect(await readTile(createNoise(2000, seed))).toBeUndefined();
      const headed = createNoise(2000, seed);
      headed.set([0xff, 0xd8]);
      expect(await readTile(headed)).toBeUndefined();
    }
  });

  it('is an error where its entropy-coded data are noise', async () => {
    const noisy = jpeg.slice();
    // No 0xff: markers in the wrong place would be found without any check of warnings.
    noisy.set(
      createNoise(jpeg.length - entropyAt - 2).map((value) => Math.min(value, 254)),
      entropyAt,
    );
    expect(await readTile(noisy)).toBeUndefined();
  });

  it('is an error where it is cut, wherever, unless no pixel is missing', async () => {
    const lengths = Array.from({ length: 60 }, (_, i) => Math.floor((jpeg.length * i) / 60) + 1);
    const last = Array.from({ length: 24 }, (_, i) => jpeg.length - 1 - i);
    let errors = 0;
    for (const length of [...lengths, ...last]) {
      const pixels = await readTile(jpeg.subarray(0, length));
      if (pixels) expect(Buffer.compare(pixels, sound), `${length} of ${jpeg.length} bytes`).toBe(0);
      else errors++;
    }
    // The end marker alone holds no pixels.
    expect(errors).toBeGreaterThanOrEqual(lengths.length + last.length - 2);
  });

  it('is an error where it is cut and closed with an end marker', async () => {
    for (const part of [0.1, 0.5, 0.9, 0.99]) {
      const length = Math.floor(entropyAt + (jpeg.length - entropyAt) * part);
      expect(await readTile(Uint8Array.from([...jpeg.subarray(0, length), 0xff, 0xd9])), `${part}`).toBeUndefined();
    }
  });

  it('is never filled in where bits are flipped', async () => {
    const random = createSeededRandom(`flips ${chromaSubsampling}`);
    let errors = 0;
    const tries = 150;
    for (let i = 0; i < tries; i++) {
      const damaged = jpeg.slice();
      const at = random.integer(entropyAt, jpeg.length - 3);
      damaged[at] = (damaged[at] ?? 0) ^ (1 << random.integer(0, 7));
      const pixels = await readTile(damaged);
      // A flip may give another picture that is coded soundly; that can't be seen without a checksum. But no filler.
      if (pixels) expect(countFlatBlocks(pixels), `flip at ${at}`).toBeLessThanOrEqual(1);
      else errors++;
    }
    expect(errors).toBeGreaterThan(tries / 2);
  });
});

/** 8 x 8 blocks of one colour. */
function countFlatBlocks(pixels: Uint8Array): number {
  let flat = 0;
  for (let top = 0; top < SIZE; top += 8) {
    for (let left = 0; left < SIZE; left += 8) {
      const colours = new Set<number>();
      for (let y = top; y < top + 8; y++)
        for (let x = left; x < left + 8; x++) colours.add(pixels[(y * SIZE + x) * 3] ?? 0);
      if (colours.size === 1) flat++;
    }
  }
  return flat;
}
