import { describe, expect, it } from 'vitest';
import { checkRgbProfile } from '../../../../src/io/icc/check-profile.ts';
import { applyTableToRaster, convertRaster } from '../../../../src/io/icc/convert-raster.ts';
import { openSrgbConverter } from '../../../../src/io/icc/convert-to-srgb.ts';
import { loadSrgbTable } from '../../../../src/io/icc/srgb-table.ts';
import { IccError } from '../../../../src/utils/errors.ts';
import { createMatrixProfile, createTableProfile } from '../../../support/tiny-icc.ts';
import { createNoise } from '../../../support/tiny-tiff.ts';

const profile = createMatrixProfile();
const scanner = createTableProfile();
const tableAt = Buffer.from(scanner).indexOf('mft2', 'latin1');

/** A copy with other bytes at some place. */
function patch(bytes: Uint8Array, at: number, values: string | readonly number[]): Uint8Array {
  const copy = bytes.slice();
  copy.set(typeof values === 'string' ? Buffer.from(values, 'latin1') : values, at);
  return copy;
}

/** Where a tag's entry stands in the table. */
function findEntry(bytes: Uint8Array, tag: string): number {
  return Buffer.from(bytes).indexOf(tag, 132, 'latin1');
}

describe('a profile', () => {
  it('for RGB by matrix or table is fit to be applied, also with bytes behind it', () => {
    expect(() => checkRgbProfile(profile, 'a')).not.toThrow();
    expect(() => checkRgbProfile(createTableProfile(), 'a')).not.toThrow();
    expect(() => checkRgbProfile(Buffer.concat([profile, new Uint8Array(9)]), 'a')).not.toThrow();
  });

  it.each<[string, Uint8Array, RegExp]>([
    ['empty', new Uint8Array(0), /damaged: 0 bytes are no profile/],
    ['cut off', profile.slice(0, profile.length - 4), /damaged: it says it has \d+ bytes, and \d+ are stored/],
    ['noise', createNoise(500), /damaged: it has no signature/],
    ['of grey', patch(profile, 16, 'GRAY'), /for pixels in GRAY, not RGB/],
    ['of ink', patch(profile, 16, 'CMYK'), /for pixels in CMYK, not RGB/],
    ['of a link between devices', patch(profile, 12, 'link'), /of class "link"/],
    ['that connects to nothing', patch(profile, 20, '????'), /connects to "\?\?\?\?"/],
    ['of more tags than there may be', patch(profile, 128, [0, 0, 1, 0]), /a table of 256 tags/],
    ['of far too many tags', patch(profile, 128, [255, 255, 255, 255]), /a table of 4294967295 tags/],
    ['without tags', patch(profile, 128, [0, 0, 0, 0]), /neither a table nor the tag rXYZ/],
    ['whose tag lies outside', patch(profile, findEntry(profile, 'gTRC') + 4, [0, 1, 0, 0]), /tag gTRC lies at 65536/],
    [
      'whose tag lies in the header',
      patch(profile, findEntry(profile, 'gTRC') + 4, [0, 0, 0, 9]),
      /tag gTRC lies at 9/,
    ],
    ['whose tag has no length', patch(profile, findEntry(profile, 'gTRC') + 8, [0, 0, 0, 0]), /tag gTRC lies/],
    ['without a curve', patch(profile, findEntry(profile, 'gTRC'), 'gone'), /neither a table nor the tag gTRC/],
    ['whose table has no levels', patch(scanner, tableAt + 10, [0]), /its table has 0 levels/],
    ['whose table is a list of names', patch(scanner, tableAt, 'ncl2'), /neither a table nor the tag rXYZ/],
    ['whose curve is text', patch(profile, findEntry(profile, 'gTRC') + 4, [0, 0, 0, 240]), /tag gTRC is of type/],
  ])('%s is refused', (_name, bytes, message) => {
    expect(() => checkRgbProfile(bytes, 'a.svs')).toThrow(IccError);
    expect(() => checkRgbProfile(bytes, 'a.svs')).toThrow(message);
    expect(() => checkRgbProfile(bytes, 'a.svs')).toThrow(expect.objectContaining({ source: 'a.svs', tag: 'icc' }));
  });

  it('that looks sound, but which the engine can not apply, is refused before a pixel is converted', async () => {
    // More levels an axis than there are bytes.
    const hollow = patch(scanner, tableAt + 10, [255]);
    expect(() => checkRgbProfile(hollow, 'a')).not.toThrow();
    await expect(openSrgbConverter(hollow, 'a.svs')).rejects.toMatchObject({ tag: 'icc', source: 'a.svs' });
    await expect(openSrgbConverter(hollow, 'a.svs')).rejects.toThrow(/damaged: invalid embedded profile/);
  });

  it.each([0, 1])('with random damage is applied or refused, never more than that: %i', async (seed) => {
    const source = seed % 2 === 0 ? profile : createTableProfile({ grid: 3 });
    const noise = createNoise(240, seed + 1);
    let refused = 0;
    for (let i = 0; i + 3 < noise.length; i += 4) {
      const at = ((noise[i]! << 8) | noise[i + 1]!) % source.length;
      const damaged = patch(source, at, [noise[i + 2]!]);
      await openSrgbConverter(damaged, 'a').catch((error: unknown) => {
        expect(error).toBeInstanceOf(IccError);
        refused++;
      });
    }
    expect(refused).toBeGreaterThan(0);
    expect(refused).toBeLessThan(60);
  });
});

describe('pixels', () => {
  it('are converted the same way one by one and by the table; grey as equal parts', async () => {
    const converter = await openSrgbConverter(profile, 'a');
    const table = await loadSrgbTable(converter, profile);
    const rgb = { width: 40, height: 30, channels: 3, data: createNoise(3600) } as const;
    const grey = { width: 40, height: 30, channels: 1, data: createNoise(1200) } as const;
    for (const raster of [rgb, grey]) {
      const before = raster.data.slice();
      const byTable = applyTableToRaster(raster, table);
      expect(byTable).toMatchObject({ width: 40, height: 30, channels: 3 });
      expect(byTable).toEqual({ ...(await convertRaster(raster, converter)), data: byTable.data });
      expect(Buffer.compare((await convertRaster(raster, converter)).data, byTable.data)).toBe(0);
      expect(raster.data).toEqual(before);
    }
  });

  it('of many slides with one profile share one table', async () => {
    const converter = await openSrgbConverter(profile, 'a');
    const [one, two] = await Promise.all([
      loadSrgbTable(converter, profile),
      loadSrgbTable(converter, profile.slice()),
    ]);
    expect(two).toBe(one);
    expect(await loadSrgbTable(await openSrgbConverter(profile, 'b'), profile)).toBe(one);
    expect(one.buffer).toBeInstanceOf(SharedArrayBuffer);
  });

  it('more than a chunk of them keep their order', async () => {
    const converter = await openSrgbConverter(profile, 'a');
    const table = await loadSrgbTable(converter, profile);
    const raster = {
      width: 2 ** 11 + 1,
      height: 2 ** 10,
      channels: 3,
      data: new Uint8Array((2 ** 21 + 2 ** 10) * 3),
    } as const;
    raster.data.set(createNoise(3000), raster.data.length - 3000);
    const converted = await convertRaster(raster, converter);
    expect(Buffer.compare(converted.data, applyTableToRaster(raster, table).data)).toBe(0);
  });
});
