import { describe, expect, it } from 'vitest';
import { sharp } from '../../src/io/codec/sharp.ts';
import { createBufferSource } from '../../src/io/source/buffer-source.ts';
import { openSlide } from '../../src/slide/open-slide.ts';
import { isSlideloomError } from '../../src/utils/errors.ts';
import { mutateBytes } from '../support/mutate-bytes.ts';
import { createSeededRandom } from '../support/seeded-random.ts';
import { buildDicom, createNoiseFrames, type TinyDicom } from '../support/tiny-dicom.ts';

/** Files to damage: SLIDELOOM_FUZZ_FILES=20000 for a long run. */
const FILES = Number(process.env['SLIDELOOM_FUZZ_FILES'] ?? 1000);
/** Where sizes and counts stand: between the mark of the format and the pixels. */
const HEAD = { from: 132, to: 1800 };
const MAX_MILLISECONDS = 2000;
const MAX_GROWTH = 256 * 2 ** 20;

const size = { width: 40, height: 30, tileWidth: 16, tileHeight: 16 };
const noise = createNoiseFrames(size);
const positions = noise.frames.map((_, i) => ({ x: (i % 3) * 16, y: Math.floor(i / 3) * 16, z: 0, path: '1' }));
const path = {
  items: [
    [
      [0x00282000, 'OB', new Uint8Array(64)],
      [0x00480106, 'SH', '1'],
      [0x00480112, 'DS', '20'],
    ],
  ],
} as const;

async function createBases(): Promise<Uint8Array[]> {
  const jpegs = await Promise.all(
    noise.frames.map((frame) =>
      sharp(frame, { raw: { width: 16, height: 16, channels: 3 } })
        .jpeg()
        .toBuffer(),
    ),
  );
  const native: TinyDicom = { ...size, frames: noise.frames, elements: [[0x00480105, 'SQ', path]] };
  const jpeg: TinyDicom = { ...native, syntax: '.4.50', photometric: 'YBR_FULL_422', frames: jpegs };
  const sparse = { organization: 'TILED_SPARSE', positions };
  return [
    native,
    { ...native, syntax: '', ...sparse },
    { ...native, syntax: '.2', ...sparse, delimited: true },
    { ...native, delimited: true },
    jpeg,
    { ...jpeg, table: 'extended', ...sparse } as const,
    { ...jpeg, table: 'none', delimited: true } as const,
    { ...jpeg, table: 'none', fragments: 2 } as const,
  ].map(buildDicom);
}

/** What comes of a file: its pixels, or the tag of the error. Anything that is not ours is a crash. */
async function readFile(bytes: Uint8Array): Promise<string> {
  try {
    await using slide = await openSlide(createBufferSource(bytes, 'a.dcm'), { backend: 'native' });
    await slide.readRegion({ x: 0, y: 0, level: 0, width: 64, height: 64 });
    await slide.readThumbnail(32);
    await slide.getTileLayout?.(0);
    return 'pixels';
  } catch (error) {
    if (isSlideloomError(error)) return error.tag;
    throw error;
  }
}

describe('damaged DICOM files', () => {
  it(`${FILES} of them are read, or refused with an error of ours`, { timeout: 60_000 + FILES * 60 }, async () => {
    const bases = await createBases();
    for (const base of bases) expect(await readFile(base)).toBe('pixels');
    const outcomes = new Map<string, number>();
    const before = process.memoryUsage().rss;
    for (let i = 0; i < FILES; i++) {
      const bytes = mutateBytes(bases[i % bases.length] ?? new Uint8Array(), createSeededRandom(`dicom ${i}`), HEAD);
      const start = performance.now();
      const outcome = await readFile(bytes).catch((error: unknown) => {
        throw new Error(`file ${i}: ${error instanceof Error ? error.stack : String(error)}`);
      });
      expect(performance.now() - start, `file ${i}: ${outcome}`).toBeLessThan(MAX_MILLISECONDS);
      outcomes.set(outcome, (outcomes.get(outcome) ?? 0) + 1);
    }
    expect(process.memoryUsage().rss - before).toBeLessThan(MAX_GROWTH);
    for (const outcome of ['pixels', 'dicom', 'unsupported-format', 'tile'])
      expect([...outcomes.keys()]).toContain(outcome);
  });

  it('every truncation of a small file', { timeout: 60_000 }, async () => {
    const [, , , , jpeg = new Uint8Array()] = await createBases();
    for (let length = 0; length < jpeg.length; length += 7) {
      const outcome = await readFile(jpeg.subarray(0, length));
      expect(outcome, `${length} bytes`).toMatch(/^(dicom|unsupported-format|short-read)$/);
    }
  });
});
