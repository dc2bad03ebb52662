import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { fromFile } from 'geotiff';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { sharp } from '../../../../src/io/codec/sharp.ts';
import { applyHorizontalPredictor, encodeLzw } from '../../../../src/io/tiff/writer/encode-lzw.ts';
import { createTiffWriter } from '../../../../src/io/tiff/writer/tiff-writer.ts';

let folder = '';
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'lzw-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

/** One grey row of `bytes`, written as LZW. */
async function write(bytes: Uint8Array, predictor: 1 | 2): Promise<string> {
  const path = join(folder, 'lzw.tif');
  const stored = Uint8Array.from(bytes);
  if (predictor === 2) applyHorizontalPredictor(stored, bytes.length, 1);
  await using writer = await createTiffWriter(path);
  const page = writer.addDirectory({ kind: 'strips', width: bytes.length, height: 1, rowsPerStrip: 1 }, [
    { tag: 258, type: 'short', value: [8] },
    { tag: 259, type: 'short', value: [5] },
    { tag: 262, type: 'short', value: [1] },
    { tag: 277, type: 'short', value: [1] },
    { tag: 317, type: 'short', value: [predictor] },
  ]);
  await page.write(0, encodeLzw(stored));
  await writer.finish();
  return path;
}

// libtiff, which sharp carries, and geotiff decode with code of their own; exact, LZW is lossless.
async function check(bytes: Uint8Array, predictor: 1 | 2): Promise<void> {
  const path = await write(bytes, predictor);
  const ours = Buffer.from(bytes);
  expect((await sharp(path).toColourspace('b-w').raw().toBuffer()).equals(ours)).toBe(true);
  const tiff = await fromFile(path);
  const [band] = (await (await tiff.getImage(0)).readRasters()) as unknown as Uint8Array[];
  await tiff.close();
  expect(Buffer.from(band ?? []).equals(ours)).toBe(true);
}

test('lengths around each widening of the codes', async () => {
  // Random bytes add one code each: 9 bits end after 253 bytes, 10 after 765, 11 after 1789, the table after 3836.
  for (const around of [1, 253, 765, 1789, 3836]) {
    for (let length = Math.max(1, around - 3); length <= around + 3; length++) {
      const bytes = Uint8Array.from({ length }, (_, i) => (Math.imul(i + 1, 2654435761) >>> 13) & 0xff);
      await check(bytes, 1);
    }
  }
});

test('any bytes, with and without differences', async () => {
  const runs = fc.array(fc.tuple(fc.nat(255), fc.integer({ min: 1, max: 60 })), { minLength: 1, maxLength: 200 });
  await fc.assert(
    fc.asyncProperty(runs, fc.constantFrom(1 as const, 2 as const), async (list, predictor) => {
      await check(Uint8Array.from(list.flatMap(([value, count]) => new Array(count).fill(value))), predictor);
    }),
    { numRuns: 40 },
  );
});

test('a flat strip becomes small', () => {
  expect(encodeLzw(new Uint8Array(100_000)).length).toBeLessThan(1000);
});
