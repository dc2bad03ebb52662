import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parseJpegHeader, parseJpegTables } from '../../src/io/kernels/jpeg-decode.ts';
import { convertSlide } from '../../src/preprocessing/convert-slide.ts';
import { openSlide } from '../../src/slide/open-slide.ts';
import { writeJpegSlide } from '../support/jpeg-slide.ts';
import { describeWithShared, sharedPath } from '../support/shared-data.ts';
import { createMatrixProfile } from '../support/tiny-icc.ts';
import { writeOme } from '../support/tiny-ome.ts';
import { buildTiff, createNoise } from '../support/tiny-tiff.ts';

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'slideloom-convert-facts-'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

let count = 0;
const nextPath = () => join(folder, `out-${count++}.tif`);

/** Two focal planes of grey pixels. */
function writePlanes(path: string): void {
  const [width, height] = [64, 48];
  const description = writeOme([{ pixels: { SizeX: width, SizeY: height, SizeZ: 2 } }]);
  const image = { width, height, samples: 1, photometric: 1, rowsPerStrip: height };
  const pages = [1, 2].map((seed) => ({ ...image, chunks: [createNoise(width * height, seed)] }));
  writeFileSync(path, buildTiff(pages.map((page, index) => ({ ...page, ...(index === 0 && { description }) }))).bytes);
}

describe('a conversion says what is not in its output', () => {
  it('other focal planes', async () => {
    const from = join(folder, 'planes.ome.tif');
    writePlanes(from);
    await using source = await openSlide(from, { z: 1 });
    const { notices } = await convertSlide(source, nextPath(), { layout: 'ome-tiff' });
    expect(notices.join()).toMatch(/several planes, and only z 1, t 0 is in the output/);
  });

  it('what opening left out of the slide', async () => {
    const from = join(folder, 'levels.tif');
    const [width, height] = [64, 64];
    const image = { width, height, samples: 3, photometric: 2, chunks: [createNoise(width * height * 3, 1)] };
    // A page in an encoding that nobody knows.
    const odd = { ...image, width: 32, height: 32, tileWidth: 32, tileHeight: 32, compression: 60_000 };
    writeFileSync(
      from,
      buildTiff([
        { ...image, tileWidth: 64, tileHeight: 64 },
        { ...odd, chunks: [createNoise(99, 2)] },
      ]).bytes,
    );
    await using source = await openSlide(from);
    const notice = source.properties.get('slideloom.notice');
    expect(notice).toMatch(/1 other page/);
    expect((await convertSlide(source, nextPath())).notices).toContain(notice);
  });

  it('where a pixel size comes from that is as good as its tags', async () => {
    const from = join(folder, 'tags.tif');
    await writeJpegSlide(from, { width: 300, height: 200, tile: 128 });
    await using plain = await openSlide(from, { mpp: 0.5 });
    const once = nextPath();
    expect((await convertSlide(plain, once)).notices.join()).not.toMatch(/pixel size/);
    await using tagged = await openSlide(once);
    expect((await convertSlide(tagged, nextPath(), { layout: 'ome-tiff' })).notices).toEqual([
      'the pixel size, 0.5 µm, comes from the resolution tags of the source',
    ]);
  });

  it('colours that could not be brought to sRGB for want of a profile', async () => {
    const from = join(folder, 'plain.tif');
    await writeJpegSlide(from, { width: 300, height: 200, tile: 128 });
    await using source = await openSlide(from, { icc: 'srgb' });
    expect((await convertSlide(source, nextPath())).notices.join()).toMatch(/no ICC profile to apply/);
    await using plain = await openSlide(from);
    expect((await convertSlide(plain, nextPath())).notices.join()).not.toMatch(/profile/);
  });
});

describe('a colour profile', () => {
  it('goes with pixels that it is for: a grey page with a profile for RGB is refused by many readers', async () => {
    const profile = createMatrixProfile();
    const tags = [{ tag: 34675, type: 7, values: [...profile] }];
    const convert = async (samples: 1 | 3) => {
      const [from, path] = [nextPath(), nextPath()];
      const page = { width: 64, height: 64, samples, photometric: samples === 3 ? 2 : 1, tags };
      writeFileSync(from, buildTiff([{ ...page, chunks: [createNoise(64 * 64 * samples, 3)] }]).bytes);
      await using source = await openSlide(from);
      expect(source.iccProfile).toEqual(profile);
      await convertSlide(source, path);
      await using converted = await openSlide(path);
      return converted.iccProfile;
    };
    expect(await convert(1)).toBeUndefined();
    expect(await convert(3)).toEqual(profile);
  });
});

describeWithShared('JPEG that is encoded anew', () => {
  it('keeps colours at the resolution that the source has: fluorescence in one colour does not run', async () => {
    await using source = await openSlide(sharedPath('data/wsi/hamamatsu-DAPI-2-387.ndpi'));
    const path = nextPath();
    await convertSlide(source, path);
    await using slide = await openSlide(path);
    const layout = await slide.getTileLayout?.(3);
    const tile = await slide.readTile(3, 0, 0);
    const header = parseJpegHeader(tile!.data, { tables: parseJpegTables(layout!.parameters.jpegTables!) });
    expect([header.across, header.down]).toEqual([1, 1]);
    const { width, height } = slide.levels[3]!;
    const region = { x: 0, y: 0, level: 3, width, height };
    const [a, b] = [(await slide.readRegion(region)).data, (await source.readRegion(region)).data];
    const difference = a.reduce((sum, value, i) => sum + Math.abs(value - b[i]!), 0) / a.length;
    // Seen: 0.445 at quality 90; with chroma at half the resolution 4.8.
    expect(difference).toBeLessThan(1);
  });
});

describe('an output takes the place', () => {
  it('of no file that is not a regular one', async () => {
    const from = join(folder, 'small.tif');
    await writeJpegSlide(from, { width: 300, height: 200, tile: 128 });
    await using source = await openSlide(from);
    const link = join(folder, 'null.tif');
    symlinkSync('/dev/null', link);
    await expect(convertSlide(source, link, { overwrite: true })).rejects.toThrow(/is no regular file/);
  });
});

describeWithShared('copied tiles without their notes', () => {
  it.each([
    ['ome-bfconvert/XYC_JPEG-2000.ome.tiff', 'Created by: JJ2000'],
    ['CMU-1-Small-Region.webp.tiff', undefined],
  ])('%s: the same pixels', async (name, note) => {
    await using source = await openSlide(sharedPath('data/wsi', name));
    const [kept, stripped] = [nextPath(), nextPath()];
    await convertSlide(source, kept);
    const { levels } = await convertSlide(source, stripped, { stripMetadata: true });
    expect(levels[0]?.method).toBe('copied');
    if (note !== undefined) expect(readFileSync(kept).includes(note)).toBe(true);
    if (note !== undefined) expect(readFileSync(stripped).includes(note)).toBe(false);
    await using slide = await openSlide(stripped);
    const region = { x: 0, y: 0, level: 0, width: 512, height: 512 };
    const [a, b] = [await slide.readRegion(region), await source.readRegion(region)];
    expect(Buffer.compare(a.data, b.data)).toBe(0);
  });
});

describeWithShared('a slide in several files', () => {
  it('is not written over, whichever of its files is named', async () => {
    const series = join(folder, 'series');
    const from = sharedPath('data/wsi/dicom-CMU-1-Small-Region-jpeg');
    cpSync(from, series, { recursive: true });
    await using source = await openSlide(series);
    for (const name of readdirSync(series)) {
      const before = readFileSync(join(series, name));
      const path = join(series, name);
      await expect(convertSlide(source, path, { overwrite: true }), name).rejects.toThrow(/is the slide that is read/);
      expect(readFileSync(path).equals(before)).toBe(true);
    }
  });

  it('nor is a chunk of a Zarr folder', async () => {
    const zarr = join(folder, 'a.zarr');
    cpSync(sharedPath('data/wsi/CMU-1-Small-Region-JPEG.zarr'), zarr, { recursive: true });
    await using source = await openSlide(zarr);
    const chunk = join(zarr, '0', '0', '0', '0');
    await expect(convertSlide(source, chunk, { overwrite: true })).rejects.toThrow(/is the slide that is read/);
  });

  it('of JPEG chunks stays JPEG, as other JPEG does', async () => {
    await using source = await openSlide(sharedPath('data/wsi/CMU-1-Small-Region-JPEG.zarr'));
    const { levels } = await convertSlide(source, nextPath());
    expect(levels).toMatchObject([{ method: 'encoded', compression: 'jpeg' }]);
  });
});
