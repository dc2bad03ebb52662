import { describe, expect, it } from 'vitest';
import { isSlideloomError } from '../../src/utils/errors.ts';
import { decodeAs, STREAMS, type StoredStream } from '../golden/tile-codecs-support.ts';
import { packRle } from '../support/pack-rle.ts';
import { createSeededRandom, type SeededRandom } from '../support/seeded-random.ts';

/** Streams to damage, of each codec: SLIDELOOM_FUZZ_STREAMS=20000 for a long run. */
const COUNT = Number(process.env['SLIDELOOM_FUZZ_STREAMS'] ?? 1000);
/** A tile of these sizes takes some ms. */
const MAX_MILLISECONDS = 2000;
const MAX_MEGABYTES = 256;

const rle: StoredStream[] = ([1, 3] as const).map((samples) => {
  const size = { width: 16, height: 12, samples, bits: 8 };
  return { name: 'rle', stream: packRle(16, 12, samples), pixels: new Uint8Array(), ...size };
});
const families: readonly [name: string, streams: readonly StoredStream[]][] = [
  ['JPEG 2000', STREAMS.filter(({ name }) => /^j(2k|p2)/.test(name))],
  ['JPEG-LS', STREAMS.filter(({ name }) => name.startsWith('jls'))],
  ['WebP', STREAMS.filter(({ name }) => name.startsWith('webp'))],
  ['Zstandard', STREAMS.filter(({ name }) => name.startsWith('zstd'))],
  ['RLE', rle],
];

describe.each(families)('damaged %s', (family, streams) => {
  it(`gives pixels or a codec error: ${COUNT} mutations`, { timeout: 60_000 + COUNT * 40 }, async () => {
    const counts = { pixels: 0, error: 0 };
    const before = process.memoryUsage.rss();
    for (let i = 0; i < COUNT; i++) {
      const base = streams[i % streams.length]!;
      const damaged = mutate(base.stream, createSeededRandom(`${family} ${i}`));
      const start = performance.now();
      const outcome = await decodeAs(base, damaged).then(
        () => 'pixels' as const,
        (error: unknown) => {
          expect(isSlideloomError(error, 'codec'), `${base.name}, mutation ${i}: ${error}`).toBe(true);
          return 'error' as const;
        },
      );
      expect(performance.now() - start, `${base.name}, mutation ${i}`).toBeLessThan(MAX_MILLISECONDS);
      counts[outcome]++;
    }
    expect((process.memoryUsage.rss() - before) / 2 ** 20).toBeLessThan(MAX_MEGABYTES);
    // The mutations must reach the decoder and must do harm.
    expect(counts.error).toBeGreaterThan(COUNT / 5);
    expect(counts.pixels).toBeGreaterThan(COUNT / 50);
    // And what is sound is sound afterwards.
    for (const base of streams) expect((await decodeAs(base, base.stream)).length).toBeGreaterThanOrEqual(0);
  });

  it('is an error wherever it is cut, never a picture that is filled up', { timeout: 60_000 }, async () => {
    for (const base of streams) {
      const step = Math.max(1, Math.floor(base.stream.length / 60));
      const whole = await decodeAs(base, base.stream);
      for (let length = 0; length < base.stream.length; length += step) {
        const outcome = await decodeAs(base, base.stream.subarray(0, length)).catch((error: unknown) => error);
        if (isSlideloomError(outcome, 'codec')) continue;
        // What ends a stream may be missing where all of its pixels are there.
        expect(outcome, `${base.name} cut at ${length} of ${base.stream.length}`).toEqual(whole);
        expect(base.stream.length - length).toBeLessThanOrEqual(3);
      }
    }
  });
});

/** Some bytes changed, half of the time near the beginning, where the headers are; now and then cut. */
function mutate(stream: Uint8Array, random: SeededRandom): Uint8Array {
  const damaged = stream.slice();
  const changes = random.integer(1, 4);
  const reach = random.integer(0, 1) === 0 ? damaged.length : Math.min(damaged.length, 120);
  for (let i = 0; i < changes; i++) {
    const at = random.integer(0, reach - 1);
    damaged[at] =
      random.integer(0, 2) === 0 ? (damaged[at] ?? 0) ^ (1 << random.integer(0, 7)) : random.integer(0, 255);
  }
  return random.integer(0, 7) === 0 ? damaged.subarray(0, random.integer(0, damaged.length)) : damaged;
}
