import { describe, expect, it } from 'vitest';
import { createRaster, type Raster } from '../../../src/io/raster.ts';
import { TileCache } from '../../../src/slide/tile-cache.ts';

/** 48 bytes. */
const tile = (): Raster => createRaster(4, 4);

function createCounter() {
  const loads: string[] = [];
  const load =
    (key: string, result: () => Raster | undefined = tile) =>
    async () => {
      loads.push(key);
      return result();
    };
  return { loads, load };
}

describe('TileCache', () => {
  it('keeps tiles within its budget, the least recently used out first', async () => {
    const { loads, load } = createCounter();
    const cache = new TileCache(100);
    const a = await cache.get('a', load('a'));
    await cache.get('b', load('b'));
    expect(cache.bytes).toBe(96);
    expect(await cache.get('a', load('a'))).toBe(a);
    await cache.get('c', load('c'));
    expect(cache.bytes).toBe(96);
    await cache.get('a', load('a'));
    await cache.get('b', load('b'));
    expect(loads).toEqual(['a', 'b', 'c', 'b']);
  });

  it('shares a load that is under way, also with a budget of 0', async () => {
    for (const budget of [0, 1000]) {
      const { loads, load } = createCounter();
      const cache = new TileCache(budget);
      const [one, two] = await Promise.all([cache.get('a', load('a')), cache.get('a', load('a'))]);
      expect(one).toBe(two);
      expect(loads).toEqual(['a']);
      expect(cache.bytes).toBe(budget === 0 ? 0 : 48);
    }
  });

  it('loads again with a budget of 0, and where a tile is larger than the budget', async () => {
    for (const budget of [0, 47]) {
      const { loads, load } = createCounter();
      const cache = new TileCache(budget);
      await cache.get('a', load('a'));
      await cache.get('a', load('a'));
      expect(loads).toEqual(['a', 'a']);
      expect(cache.bytes).toBe(0);
    }
  });

  it('gives a failure to all who wait, and does not keep it', async () => {
    const { loads, load } = createCounter();
    const cache = new TileCache(1000);
    const failing = load('a', () => {
      throw new Error('broken');
    });
    const results = await Promise.allSettled([cache.get('a', failing), cache.get('a', failing)]);
    expect(results.map(({ status }) => status)).toEqual(['rejected', 'rejected']);
    expect(await cache.get('a', load('a'))).toBeDefined();
    expect(loads).toEqual(['a', 'a']);
  });

  it('does not keep the absence of a tile: looking it up again costs nothing', async () => {
    const { loads, load } = createCounter();
    const cache = new TileCache(1000);
    const absent = load('a', () => undefined);
    expect(await cache.get('a', absent)).toBeUndefined();
    await cache.get('a', absent);
    expect(loads.length).toBe(2);
    expect(cache.bytes).toBe(0);
  });

  it('never counts a tile twice, whenever readers come', async () => {
    const cache = new TileCache(10_000);
    const { load } = createCounter();
    for (let round = 0; round < 20; round++) {
      const first = cache.get('a', load('a'));
      // One reader in each of the microtasks around the end of the load.
      const others = Array.from({ length: 8 }, async (_, wait) => {
        for (let i = 0; i < wait; i++) await undefined;
        return cache.get('a', load('a'));
      });
      await Promise.all([first, ...others]);
    }
    expect(cache.bytes).toBe(48);
  });

  it('is empty after close, and stays so when a load comes home', async () => {
    const cache = new TileCache(1000);
    const { load } = createCounter();
    await cache.get('a', load('a'));
    const late = cache.get('b', load('b'));
    cache.close();
    expect(await late).toBeDefined();
    expect(cache.bytes).toBe(0);
  });
});
