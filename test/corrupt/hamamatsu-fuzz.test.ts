import { describe, expect, it } from 'vitest';
import { createBufferSource } from '../../src/io/source/buffer-source.ts';
import { openSlide } from '../../src/slide/open-slide.ts';
import { isSlideloomError } from '../../src/utils/errors.ts';
import { createSeededRandom } from '../support/seeded-random.ts';
import { buildNdpi, createLevelPage, createRestartJpeg, joinPieces } from '../support/tiny-ndpi.ts';

const level = await createRestartJpeg({ width: 46, height: 37, tileWidth: 16, tileHeight: 8 });
const coarse = await createRestartJpeg({ width: 23, height: 19, tileWidth: 24, tileHeight: 8, seed: 3 });
const { starts: _starts, ...unlisted } = createLevelPage(coarse, { lens: 10 });
const sound = joinPieces(buildNdpi([createLevelPage(level), unlisted, { ...unlisted, lens: -1 }]));

describe('a damaged Hamamatsu slide', () => {
  it('is read or fails with a typed error whatever bytes are changed', async () => {
    const random = createSeededRandom('ndpi');
    let failed = 0;
    for (let round = 0; round < 400; round++) {
      const bytes = sound.slice(0, round % 5 === 0 ? random.integer(1, sound.length) : sound.length);
      for (let i = random.integer(1, 6); i > 0; i--)
        bytes[random.integer(0, bytes.length - 1)] = random.integer(0, 255);
      const error: unknown = await readAll(bytes).catch((reason: unknown) => reason);
      if (error === undefined) continue;
      failed++;
      expect(isSlideloomError(error), `round ${round}: ${String(error)}`).toBe(true);
    }
    expect(failed).toBeGreaterThan(50);
  }, 30_000);
});

/** Bad tiles are collected, not thrown: the others are read all the same. */
async function readAll(bytes: Uint8Array): Promise<void> {
  await using slide = await openSlide(createBufferSource(bytes, 'damaged.ndpi'), { maxTileBytes: 2 ** 22 });
  const bad: unknown[] = [];
  for (const at of slide.levels.keys()) {
    const region = { x: 0, y: 0, level: at, width: 60, height: 60 };
    await slide.readRegion(region, { onBadTile: (error) => bad.push(error.cause) });
  }
  for (const name of slide.associatedImages) await slide.readAssociatedImage(name);
  for (const error of bad) expect(isSlideloomError(error), String(error)).toBe(true);
}
