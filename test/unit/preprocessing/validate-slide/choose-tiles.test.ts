import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { chooseTiles } from '../../../../src/preprocessing/validate-slide/choose-tiles.ts';
import { groupPlaces } from '../../../../src/preprocessing/validate-slide/tile-job.ts';
import type { Slide } from '../../../../src/slide/slide.ts';

/** Levels of so many tiles across and down, of which `gaps` are left out by the file. */
function createSlide(levels: readonly { columns: number; rows: number; gaps?: readonly number[] }[]): Slide {
  const tile = { tileWidth: 16, tileHeight: 16, codec: 'none', downsample: { x: 1, y: 1 } };
  return {
    levels: levels.map(({ columns, rows }) => ({ ...tile, width: columns * 16 - 3, height: rows * 16 - 5 })),
    async getTileLayout(index: number) {
      const { columns, rows, gaps } = levels[index] ?? { columns: 0, rows: 0 };
      if (!gaps) return undefined;
      const counts = new Float64Array(columns * rows).map((_, place) => (gaps.includes(place) ? 0 : 100));
      return { columns, rows, offsets: counts, counts };
    },
  } as unknown as Slide;
}

describe('the tiles that are read', () => {
  it('are all of them, row by row, without a sample', async () => {
    const [first, second] = await chooseTiles(
      createSlide([
        { columns: 5, rows: 3 },
        { columns: 2, rows: 1 },
      ]),
      {
        sample: undefined,
        seed: 1,
      },
    );
    expect([...(first?.list() ?? [])]).toEqual(Array.from({ length: 15 }, (_, place) => place));
    expect([...(second?.list() ?? [])]).toEqual([0, 1]);
  });

  it('are as many as asked, in order, each once, stored ones only', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.integer({ min: 1, max: 40 }),
        fc.integer({ min: 1, max: 40 }),
        fc.uniqueArray(fc.integer({ min: 0, max: 1599 }), { maxLength: 200 }),
        fc.oneof(fc.double({ min: 0.001, max: 0.999, noNaN: true }), fc.integer({ min: 1, max: 2000 })),
        fc.nat(),
        async (columns, rows, gaps, sample, seed) => {
          const [level] = await chooseTiles(createSlide([{ columns, rows, gaps }]), { sample, seed });
          const stored = columns * rows - gaps.filter((place) => place < columns * rows).length;
          const places = [...(level?.list() ?? [])];
          const wanted = sample < 1 ? Math.round(stored * sample) : sample;
          expect(places).toHaveLength(Math.min(stored, Math.max(1, wanted)));
          expect(places).toEqual([...new Set(places)].sort((a, b) => a - b));
          expect(places.some((place) => gaps.includes(place) || place >= columns * rows)).toBe(false);
        },
      ),
      { numRuns: 100 },
    );
  });

  it('are others for another seed, and the same for the same', async () => {
    const slide = createSlide([{ columns: 50, rows: 50 }]);
    const draw = async (seed: number) => [...((await chooseTiles(slide, { sample: 40, seed }))[0]?.list() ?? [])];
    expect(await draw(7)).toEqual(await draw(7));
    expect(await draw(7)).not.toEqual(await draw(8));
  });

  it('lie anywhere: each with the same chance', async () => {
    const slide = createSlide([{ columns: 10, rows: 10 }]);
    const hits = new Array(100).fill(0);
    for (let seed = 0; seed < 2000; seed++) {
      const [level] = await chooseTiles(slide, { sample: 0.1, seed });
      for (const place of level?.list() ?? []) hits[place]++;
    }
    // 2,000 draws of 1 in 10: 200 each, standard deviation 13.4; none of a hundred beyond 4.5 of them.
    expect(Math.min(...hits)).toBeGreaterThan(140);
    expect(Math.max(...hits)).toBeLessThan(260);
  });

  it('come from every level, however small', async () => {
    const levels = await chooseTiles(
      createSlide([
        { columns: 100, rows: 100 },
        { columns: 2, rows: 2 },
      ]),
      {
        sample: 5,
        seed: 1,
      },
    );
    expect(levels.map(({ chosen }) => chosen)).toEqual([5, 1]);
  });

  it('are handed out in lists that cover them', async () => {
    const slide = createSlide([{ columns: 70, rows: 50, gaps: [3, 4] }]);
    const [level] = await chooseTiles(slide, { sample: undefined, seed: 1 });
    if (!level) throw new Error('no level');
    const lists = [...groupPlaces(level)];
    expect(lists.flatMap((list) => [...list])).toEqual([...level.list()]);
    expect(lists.length).toBeGreaterThan(3);
  });
});
