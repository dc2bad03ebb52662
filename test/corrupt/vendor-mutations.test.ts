import { describe, expect, it } from 'vitest';
import { createBufferSource } from '../../src/io/source/buffer-source.ts';
import { openSlide } from '../../src/slide/open-slide.ts';
import { isSlideloomError } from '../../src/utils/errors.ts';
import { mutateBytes } from '../support/mutate-bytes.ts';
import { createSeededRandom } from '../support/seeded-random.ts';
import { writeOme } from '../support/tiny-ome.ts';
import { buildTiff, createNoiseImage, type TinyImage, type TinyTag } from '../support/tiny-tiff.ts';
import { buildLeicaSlide } from '../support/vendors/leica-slide.ts';
import { buildPhilipsSlide } from '../support/vendors/philips-slide.ts';
import { buildTrestleSlide } from '../support/vendors/trestle-slide.ts';
import { buildVentanaSlide } from '../support/vendors/ventana-slide.ts';

/** Damaged copies of each: SLIDELOOM_FUZZ_FILES=5000 for a long run. */
const COPIES = Number(process.env['SLIDELOOM_FUZZ_FILES'] ?? 150);
const MAX_MILLISECONDS = 2000;

const tiles = { tileWidth: 16, tileHeight: 16 };
const grey = (width: number, height: number, more: Partial<TinyImage> = {}): TinyImage => ({
  ...createNoiseImage({ width, height, samples: 1, ...tiles }),
  ...more,
});
const describeQptiff = (type: string) => ({
  description: `<PerkinElmer-QPI-ImageDescription><ImageType>${type}</ImageType><Objective>20x</Objective></PerkinElmer-QPI-ImageDescription>`,
});
const ome = writeOme([
  {
    pixels: { SizeX: 40, SizeY: 30, SizeC: 2, PhysicalSizeX: 0.5, PhysicalSizeY: 0.5 },
    data: '<TiffData IFD="0"/><TiffData IFD="1" FirstC="1"/>',
  },
]);
const reduced: TinyTag = { tag: 254, type: 4, values: [1] };

const BASES: Readonly<Record<string, () => Uint8Array>> = {
  aperio: () =>
    buildTiff([grey(40, 30, { description: 'Aperio Image Library v1|AppMag = 20|MPP = 0.5' }), grey(20, 15)]).bytes,
  'generic-tiff': () =>
    buildTiff([grey(40, 30, { subImages: [grey(20, 15)] }), grey(10, 8, { tags: [reduced] })]).bytes,
  leica: () => buildLeicaSlide().tiff.bytes,
  'ome-tiff': () =>
    buildTiff([
      grey(40, 30, { description: ome, subImages: [grey(20, 15)] }),
      grey(40, 30, { subImages: [grey(20, 15)] }),
    ]).bytes,
  philips: () => buildPhilipsSlide().tiff.bytes,
  qptiff: () =>
    buildTiff([
      grey(40, 30, describeQptiff('FullResolution')),
      grey(40, 30, describeQptiff('FullResolution')),
      grey(20, 15, describeQptiff('ReducedResolution')),
      grey(20, 15, describeQptiff('ReducedResolution')),
    ]).bytes,
  trestle: () => buildTrestleSlide().tiff.bytes,
  ventana: () => buildVentanaSlide().tiff.bytes,
};

/** What comes of a file: its pixels, or the tag of the error. Anything that is not ours is a crash. */
async function readFile(bytes: Uint8Array): Promise<string> {
  try {
    await using slide = await openSlide(createBufferSource(bytes, 'a.tif'), { backend: 'native' });
    await slide.readThumbnail(32);
    for (const level of slide.levels.keys()) await slide.readRegion({ x: 0, y: 0, level, width: 64, height: 64 });
    for (const name of slide.associatedImages) await slide.readAssociatedImage(name);
    return slide.format;
  } catch (error) {
    if (isSlideloomError(error)) return error.tag;
    throw error;
  }
}

describe('damaged slides of each vendor', () => {
  it.each(Object.keys(BASES))(
    '%s: read, or refused with an error of ours',
    { timeout: 60_000 + COPIES * 100 },
    async (format) => {
      const base = BASES[format]?.() ?? new Uint8Array();
      expect(await readFile(base)).toBe(format);
      const outcomes = new Map<string, number>();
      for (let i = 0; i < COPIES; i++) {
        const random = createSeededRandom(`${format} ${i}`);
        const start = performance.now();
        const outcome = await readFile(mutateBytes(base, random, { from: 0, to: base.length })).catch(
          (error: unknown) => {
            throw new Error(`copy ${i}: ${error instanceof Error ? error.stack : String(error)}`);
          },
        );
        expect(performance.now() - start, `copy ${i}: ${outcome}`).toBeLessThan(MAX_MILLISECONDS);
        outcomes.set(outcome, (outcomes.get(outcome) ?? 0) + 1);
      }
      // Some damage goes unseen, some does not: else the test would not bite.
      expect(outcomes.get(format)).toBeGreaterThan(0);
      expect(outcomes.size).toBeGreaterThan(2);
    },
  );
});
