import { describe, expect, it } from 'vitest';
import type { OpenSlideLibrary, SlidePointer } from '../../../../src/slide/openslide/binding.ts';
import { OpenSlideHandle } from '../../../../src/slide/openslide/openslide-handle.ts';
import { chooseTileSize } from '../../../../src/slide/openslide/openslide-level.ts';
import { getOpenHandles } from '../../../../src/utils/open-handles.ts';

/** A library whose handles count from 1 and, as OpenSlide's, keep their first error. */
function createFakeLibrary() {
  const errors = new Map<SlidePointer, string>();
  const open = new Set<SlidePointer>();
  let opened = 0n;
  const library = {
    version: '9',
    async open() {
      const slide = ++opened;
      open.add(slide);
      return slide;
    },
    close(slide: SlidePointer) {
      if (!open.delete(slide)) throw new Error(`handle ${slide} is not open`);
    },
    getError: (slide: SlidePointer) => errors.get(slide),
  } as unknown as OpenSlideLibrary;
  return { library, open, fail: (slide: SlidePointer, error: string) => errors.set(slide, errors.get(slide) ?? error) };
}

const SIZE = { width: 1, height: 1 };

describe('an OpenSlide handle', () => {
  it('reads in turns, and gives each read a copy of its own', async () => {
    const { library, open } = createFakeLibrary();
    const handle = await OpenSlideHandle.open(library, 'a');
    let reading = 0;
    const read = (colour: number) =>
      handle.readRaster(SIZE, async (_slide, pixels) => {
        expect(++reading).toBe(1);
        await new Promise((resolve) => setTimeout(resolve, 2));
        pixels[0] = (0xff000000 | colour) >>> 0;
        reading--;
      });
    const rasters = await Promise.all([1, 2, 3].map(read));
    expect(rasters.map(({ data }) => data[2])).toEqual([1, 2, 3]);
    await handle.close();
    expect(open.size).toBe(0);
  });

  it('is opened anew after an error, so that the next read is none of it', async () => {
    const { library, open, fail } = createFakeLibrary();
    const handle = await OpenSlideHandle.open(library, 'a');
    const used: SlidePointer[] = [];
    const read = (error?: string) =>
      handle.readRaster(SIZE, async (slide, pixels) => {
        used.push(slide);
        if (error !== undefined) fail(slide, error);
        else pixels[0] = 0xff00000a;
      });
    const outcomes = await Promise.allSettled([read(), read('bad tile'), read(), read('worse tile'), read()]);
    expect(outcomes.map((one) => (one.status === 'fulfilled' ? one.value.data[2] : one.reason))).toEqual([
      10,
      expect.objectContaining({ tag: 'codec', codec: 'openslide', message: 'openslide: bad tile' }),
      10,
      expect.objectContaining({ message: 'openslide: worse tile' }),
      10,
    ]);
    expect(used).toEqual([1n, 1n, 2n, 2n, 3n]);
    expect([...open]).toEqual([3n]);
    await handle.close();
    expect(open.size).toBe(0);
  });

  it('closes after the read that is under way, and fails those that wait', async () => {
    const { library, open } = createFakeLibrary();
    const handle = await OpenSlideHandle.open(library, 'a');
    expect(getOpenHandles()).toEqual([{ kind: 'openslide', name: 'a' }]);
    let go: () => void = () => {};
    const first = handle.readRaster(SIZE, () => new Promise<void>((resolve) => (go = resolve)));
    const second = handle.readRaster(SIZE, async () => {});
    const refused = expect(second).rejects.toMatchObject({ tag: 'source' });
    await new Promise((resolve) => setTimeout(resolve, 2));
    const closing = handle.close();
    expect(getOpenHandles()).toEqual([]);
    expect(open.size).toBe(1);
    go();
    expect((await first).width).toBe(1);
    await refused;
    await closing;
    await handle.close();
    expect(open.size).toBe(0);
    expect(() => handle.describe(() => 1)).toThrow(/closed/);
  });

  it('leaves nothing open where a slide comes with an error', async () => {
    const { library, open, fail } = createFakeLibrary();
    fail(1n, 'corrupt index');
    await expect(OpenSlideHandle.open(library, 'a')).rejects.toMatchObject({
      tag: 'unsupported-format',
      message: "a: OpenSlide 9 can't open it: corrupt index",
    });
    expect(open.size).toBe(0);
    expect(getOpenHandles()).toEqual([]);
  });
});

describe('the tiles that OpenSlide is asked for', () => {
  const choose = (size: [number, number], tile?: [number, number]) => {
    const names = tile?.map(
      (side, axis) => [`openslide.level[2].tile-${['width', 'height'][axis]}`, String(side)] as const,
    );
    const { tileWidth, tileHeight } = chooseTileSize(new Map(names), { index: 2, width: size[0], height: size[1] });
    return [tileWidth, tileHeight];
  };

  it("are OpenSlide's own where it names them", () => {
    expect(choose([5000, 5000], [240, 240])).toEqual([240, 240]);
    expect(choose([5000, 5000], [1024, 512])).toEqual([1024, 512]);
  });
  it('are 256 x 256 where it does not', () => {
    expect(choose([5000, 5000])).toEqual([256, 256]);
  });
  it('are whole multiples of small ones', () => {
    expect(choose([3968, 4864], [3968, 8])).toEqual([3968, 256]);
    expect(choose([5000, 5000], [100, 100])).toEqual([300, 300]);
  });
  it('are never larger than the level, nor than what is held at once', () => {
    expect(choose([62, 76], [62, 1])).toEqual([62, 76]);
    expect(choose([90_000, 90_000], [80_000, 512])).toEqual([256, 256]);
    expect(choose([90_000, 90_000], [8192, 8192])).toEqual([256, 256]);
  });
  it('do not believe figures that make no sense', () => {
    expect(choose([5000, 5000], [0, -3])).toEqual([256, 256]);
    expect(choose([5000, 5000], [Number.NaN, 1.5])).toEqual([256, 256]);
  });
});
