import { deflateSync } from 'node:zlib';
import { expect, it } from 'vitest';
import { createBufferSource } from '../../src/io/source/buffer-source.ts';
import { openSlide } from '../../src/slide/open-slide.ts';
import { isSlideloomError } from '../../src/utils/errors.ts';
import { createSeededRandom } from '../support/seeded-random.ts';
import { buildTiff, createNoise, type TinyImage } from '../support/tiny-tiff.ts';

/** Files to damage: SLIDELOOM_FUZZ_FILES=20000 for a long run. */
const COUNT = Number(process.env['SLIDELOOM_FUZZ_FILES'] ?? 600);
const MAX_MILLISECONDS = 2000;
const MAX_MEGABYTES = 256;

/** Tiles of 16 x 16 pixels, some of them deflated, in five layouts that only samples are read of. */
const images = (
  [
    [3, 32, 1, 3],
    [3, 64, 1, 1],
    [2, 16, 3, 2],
    [1, 32, 5, 2],
    [3, 16, 2, 3],
  ] as const
).map(([format, bits, samples, predictor], seed): TinyImage => {
  const raw = () => createNoise((256 * samples * bits) / 8, seed);
  const tags = [
    { tag: 339, type: 3, values: [format] },
    { tag: 317, type: 3, values: [predictor] },
    { tag: 340, type: 12, values: [0] },
    { tag: 341, type: 12, values: [100] },
  ];
  const size = { width: 30, height: 30, tileWidth: 16, tileHeight: 16 };
  // What is deflated has a checksum: damage to it is always found, elsewhere it may be other numbers.
  const deflated = seed % 2 === 0;
  const chunks = Array.from({ length: 4 }, () => (deflated ? deflateSync(raw()) : raw()));
  return { ...size, samples, bits, photometric: 1, compression: deflated ? 8 : 1, chunks, tags };
});

const files = images.flatMap((image) => [true, false].map((bigEndian) => buildTiff([image], { bigEndian }).bytes));

it(`damaged files of many sample types give samples or a typed error: ${COUNT} mutations`, {
  timeout: 60_000 + COUNT * 40,
}, async () => {
  const before = process.memoryUsage.rss();
  const counts = { samples: 0, error: 0 };
  for (let i = 0; i < COUNT; i++) {
    const random = createSeededRandom(`samples ${i}`);
    const damaged = files[i % files.length]!.slice();
    for (let change = random.integer(1, 3); change > 0; change--) {
      // Half of the changes go into the directory, which stands behind the tiles.
      const near = random.integer(0, 1) === 0;
      const at = random.integer(near ? Math.max(0, damaged.length - 400) : 0, damaged.length - 1);
      damaged[at] = random.integer(0, 255);
    }
    const start = performance.now();
    try {
      await using slide = await openSlide(createBufferSource(damaged, 'damaged.tif'), { backend: 'native' });
      const region = { x: 0, y: 0, level: 0, width: 30, height: 30 };
      await slide.readRegion({ ...region, channel: 0 });
      await slide.readRegion(region);
      counts.samples++;
    } catch (error) {
      expect(isSlideloomError(error), `mutation ${i}: ${error}`).toBe(true);
      counts.error++;
    }
    expect(performance.now() - start, `mutation ${i}`).toBeLessThan(MAX_MILLISECONDS);
  }
  expect((process.memoryUsage.rss() - before) / 2 ** 20).toBeLessThan(MAX_MEGABYTES);
  expect(counts.error).toBeGreaterThan(COUNT / 5);
  expect(counts.samples).toBeGreaterThan(COUNT / 50);
});
