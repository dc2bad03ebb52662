import { describe, expect, it } from 'vitest';
import type { Slide } from '../../src/slide/slide.ts';
import { isSlideloomError } from '../../src/utils/errors.ts';
import { getOpenHandles } from '../../src/utils/open-handles.ts';

/** A slide to hold against the contract of `Slide`. */
export interface Subject {
  readonly open: () => Promise<Slide>;
  readonly format: string;
  readonly levels: number;
  readonly associated: readonly string[];
  readonly hasMpp: boolean;
  /** Handles that the slide has open beside itself; 1, its file, by default. */
  readonly handles?: number;
}

/** The conformance suite of slides: every format and every back end passes it. */
export function describeSlide(name: string, { open, format, levels, associated, hasMpp, handles = 1 }: Subject): void {
  describe(`slide: ${name}`, () => {
    it('says what it is', async () => {
      await using slide = await open();
      expect(slide.format).toBe(format);
      expect(slide.levels.length).toBe(levels);
      expect(slide.associatedImages).toEqual(associated);
      expect(slide.mpp !== undefined).toBe(hasMpp);
      expect(slide.properties.get('openslide.vendor')).toBe(format);
      expect(slide.properties.get('openslide.level-count')).toBe(String(levels));
      expect([...slide.properties.keys()]).toEqual([...slide.properties.keys()].sort());
    });

    it('has levels from fine to coarse, with exact downsamples', async () => {
      await using slide = await open();
      const [first] = slide.levels;
      expect(first).toMatchObject({ width: slide.width, height: slide.height, downsample: { x: 1, y: 1 } });
      slide.levels.forEach((level, index) => {
        expect(level.downsample).toEqual({ x: slide.width / level.width, y: slide.height / level.height });
        expect(level.width).toBeLessThanOrEqual(slide.levels[index - 1]?.width ?? slide.width);
        expect(level.tileWidth).toBeGreaterThan(0);
      });
    });

    it('gives a region the size that was asked for, wherever it lies', async () => {
      await using slide = await open();
      for (const level of slide.levels.keys()) {
        for (const [x, y] of [
          [0, 0],
          [-1000, -7],
          [slide.width - 3, slide.height - 3],
          [1e9, 0],
          [0, -1e12],
        ] as const) {
          const region = await slide.readRegion({ x, y, level, width: 13, height: 9 });
          expect(region).toMatchObject({ width: 13, height: 9, channels: 3 });
          expect(region.data.length).toBe(13 * 9 * 3);
        }
      }
    });

    it('is white outside', async () => {
      await using slide = await open();
      const { width, height } = slide;
      for (const level of slide.levels.keys()) {
        const { downsample } = slide.levels[level]!;
        const beyond = [
          [-20 * downsample.x, 0],
          [0, -20 * downsample.y],
          [width + downsample.x, 0],
          [0, height + downsample.y],
        ] as const;
        for (const [x, y] of beyond) {
          const { data } = await slide.readRegion({ x, y, level, width: 10, height: 10 });
          expect(data.every((value) => value === 255)).toBe(true);
        }
      }
    });

    it('reads the same pixels whatever region they are asked in', async () => {
      await using slide = await open();
      for (const level of slide.levels.keys()) {
        const { downsample } = slide.levels[level]!;
        const read = (x: number, y: number, width: number, height: number) =>
          slide.readRegion({ x: x * downsample.x, y: y * downsample.y, level, width, height });
        const whole = await read(-2, -3, 45, 40);
        for (const [x, y, width, height] of [
          [-2, -3, 5, 5],
          [0, 0, 1, 1],
          [15, 15, 3, 3],
          [11, 0, 30, 37],
        ] as const) {
          const part = await read(x, y, width, height);
          for (let row = 0; row < height; row++) {
            const from = ((y + 3 + row) * 45 + x + 2) * 3;
            expect(part.data.subarray(row * width * 3, (row + 1) * width * 3)).toEqual(
              whole.data.subarray(from, from + width * 3),
            );
          }
        }
      }
    });

    it('reads the same without a cache, in parallel, and again', async () => {
      await using slide = await open();
      const region = { x: 3, y: 5, level: 0, width: 40, height: 33 };
      const [one, ...more] = await Promise.all(Array.from({ length: 6 }, () => slide.readRegion(region)));
      for (const other of [...more, await slide.readRegion(region)]) expect(other?.data).toEqual(one?.data);
      expect(new Set([one, ...more].map((raster) => raster?.data.buffer)).size).toBe(6);
    });

    it('reads each channel as samples of its type, whatever region they are asked in', async () => {
      await using slide = await open();
      const level = slide.levels.length - 1;
      const { downsample } = slide.levels[level]!;
      const rgb = slide.channels[0]?.samples === 3;
      const names = rgb ? ['red', 'green', 'blue'] : slide.channels.map(({ name: own }) => own);
      const read = (channel: number | string, x: number, y: number, [width, height]: readonly [number, number]) =>
        slide.readRegion({ x: x * downsample.x, y: y * downsample.y, level, width, height, channel });
      for (const [channel, own] of names.slice(0, 3).entries()) {
        const whole = await read(channel, -2, -3, [45, 40]);
        expect(whole).toMatchObject({ width: 45, height: 40, channel, name: own });
        expect(whole.data).toHaveLength(45 * 40);
        expect(whole.type).toBe(slide.channels[rgb ? 0 : channel]?.type);
        const part = await read(channel, 11, 0, [30, 37]);
        for (let row = 0; row < 37; row++)
          expect(part.data.subarray(row * 30, row * 30 + 30)).toEqual(
            whole.data.subarray((3 + row) * 45 + 13, (3 + row) * 45 + 43),
          );
        // Outside it is black, or white as glass.
        expect(whole.data[0]).toBe(rgb ? { uint8: 255, uint16: 65_535 }[String(whole.type)] : 0);
        // Samples are as stored, whatever colours are made of them.
        if (whole.type !== 'uint8' || !rgb || slide.icc?.profile) continue;
        const pixels = await slide.readRegion({
          x: -2 * downsample.x,
          y: -3 * downsample.y,
          level,
          width: 45,
          height: 40,
        });
        expect([...whole.data]).toEqual([...pixels.data.filter((_, i) => i % 3 === channel)]);
      }
      const unknown = slide.readRegion({ x: 0, y: 0, level, width: 1, height: 1, channel: 'no such channel' });
      await expect(unknown).rejects.toMatchObject({ tag: 'option', option: 'channel' });
    });

    it('hands out stored tiles, and names the grid where there is none', async () => {
      await using slide = await open();
      const tile = await slide.readTile(0, 0, 0);
      expect(tile).toMatchObject({ codec: slide.levels[0]?.codec, width: slide.levels[0]?.tileWidth });
      expect(tile?.data.length).toBeGreaterThan(0);
      for (const [col, row] of [
        [-1, 0],
        [0, -1],
        [1e6, 0],
        [0, 1e6],
        [0.5, 0],
      ] as const) {
        await expect(slide.readTile(0, col, row)).rejects.toThrow(/level 0 has \d+ x \d+ tiles, asked for/);
      }
    });

    it('fits its thumbnail, and never enlarges', async () => {
      await using slide = await open();
      for (const size of [1, 16, 1e6]) {
        const thumbnail = await slide.readThumbnail(size);
        const longest = Math.min(size, Math.max(slide.width, slide.height));
        expect(Math.max(thumbnail.width, thumbnail.height)).toBe(longest);
      }
    });

    it('says which level does not exist', async () => {
      await using slide = await open();
      for (const level of [-1, levels, 0.5, Number.NaN]) {
        const asked = slide.readRegion({ x: 0, y: 0, level, width: 1, height: 1 });
        await expect(asked).rejects.toMatchObject({ tag: 'level', slide: slide.name, level });
        await expect(slide.readTile(level, 0, 0)).rejects.toThrow(
          new RegExp(`level ${level} does not exist, the slide has levels 0 to ${levels - 1}`),
        );
      }
    });

    it('refuses sizes and coordinates that make no sense', async () => {
      await using slide = await open();
      const region = { x: 0, y: 0, level: 0, width: 4, height: 4 };
      const wrong: [object, RegExp][] = [
        [{ width: 0 }, /integer above 0 for `width` but received 0/],
        [{ height: -1 }, /`height` but received -1/],
        [{ width: 1.5 }, /`width` but received 1.5/],
        [{ x: Number.NaN }, /finite number for `x` but received NaN/],
        [{ y: Number.NEGATIVE_INFINITY }, /`y` but received -Infinity/],
        [{ width: 1e6, height: 1e6 }, /at most \d+ pixels but received 1000000 x 1000000/],
      ];
      for (const [change, message] of wrong)
        await expect(slide.readRegion({ ...region, ...change })).rejects.toThrow(message);
      await expect(slide.readThumbnail(0)).rejects.toThrow(/`maxSize` but received 0/);
      for (const downsample of [
        { x: 0, y: 1 },
        { x: 1, y: Number.POSITIVE_INFINITY },
      ]) {
        await expect(slide.readRegionAtDownsample({ ...region, downsample })).rejects.toThrow(
          /above 0 for `downsample/,
        );
      }
    });

    it('averages by area, and needs a pixel size to do so in microns', async () => {
      await using slide = await open();
      const { data } = await slide.readRegion({ x: 0, y: 0, level: 0, width: 6, height: 6 });
      const region = { x: 0, y: 0, width: 2, height: 2 };
      const averaged = await slide.readRegionAtDownsample({ ...region, downsample: { x: 3, y: 3 } });
      const green = [0, 1, 2].flatMap((y) => [3, 4, 5].map((x) => data[(y * 6 + x) * 3 + 1] ?? 0));
      // Only where level 0 is the one that is averaged: a level of downsample 2 is another picture here.
      if ((slide.levels[1]?.downsample.x ?? 9) > 3)
        expect(averaged.data[4]).toBe(Math.round(green.reduce((a, b) => a + b) / 9));
      const mpp = (slide.mpp?.x ?? 1) * 3;
      if (!hasMpp)
        await expect(slide.readRegionAtMpp({ ...region, mpp })).rejects.toMatchObject({ tag: 'missing-mpp' });
      else expect((await slide.readRegionAtMpp({ ...region, mpp })).data).toEqual(averaged.data);
    });

    it('names its associated images, and the ones it does not have', async () => {
      await using slide = await open();
      for (const name of associated) expect((await slide.readAssociatedImage(name)).channels).toBe(3);
      const known = associated.join(', ') || 'none';
      await expect(slide.readAssociatedImage('photo')).rejects.toThrow(
        new RegExp(`no associated image "photo"; it has ${known}`),
      );
    });

    it('stops for a signal', async () => {
      await using slide = await open();
      const reason = new Error('enough');
      const region = { x: 0, y: 0, level: 0, width: 30, height: 30 };
      await expect(slide.readRegion(region, { signal: AbortSignal.abort(reason) })).rejects.toBe(reason);
      await expect(slide.readThumbnail(5, { signal: AbortSignal.abort(reason) })).rejects.toBe(reason);
      expect((await slide.readRegion(region)).width).toBe(30);
    });

    it('closes as often as asked, and then says so', async () => {
      const slide = await open();
      const openBefore = getOpenHandles().length;
      slide.close();
      slide.close();
      expect(getOpenHandles().length).toBe(openBefore - 1 - handles);
      const region = { x: 0, y: 0, level: 0, width: 1, height: 1 };
      const uses = [
        slide.readRegion(region),
        slide.readRegionAtMpp({ ...region, mpp: 1 }),
        slide.readRegionAtDownsample({ ...region, downsample: { x: 1, y: 1 } }),
        slide.readThumbnail(10),
        slide.readAssociatedImage('label'),
        slide.readTile(0, 0, 0),
      ];
      for (const use of uses) await expect(use).rejects.toMatchObject({ tag: 'slide-closed', slide: slide.name });
      await slide[Symbol.asyncDispose]();
    });

    it('is no bad tile when it is closed under a reader', async () => {
      const slide = await open();
      const bad: unknown[] = [];
      const region = { x: 0, y: 0, level: 0, width: Math.min(2000, slide.width), height: Math.min(2000, slide.height) };
      const reading = slide
        .readRegion(region, { onBadTile: (error) => bad.push(error) })
        .catch((error: unknown) => error);
      const tile = slide.readTile(0, 0, 0).catch((error: unknown) => error);
      slide.close();
      const outcome = await reading;
      if (isSlideloomError(outcome)) expect(outcome.tag).toBe('slide-closed');
      const stored = await tile;
      if (isSlideloomError(stored)) expect(stored.tag).toBe('slide-closed');
      expect(bad).toEqual([]);
    });

    it('closes at the end of its scope, with using and with await using', async () => {
      const outside: Slide[] = [];
      {
        using slide = await open();
        await using other = await open();
        outside.push(slide, other);
      }
      for (const slide of outside) await expect(slide.readThumbnail(1)).rejects.toMatchObject({ tag: 'slide-closed' });
    });
  });
}
