import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { afterAll, beforeEach, describe, expect, it } from 'vitest';
import { openSlide } from '../../../../../src/slide/open-slide.ts';
import type { Slide } from '../../../../../src/slide/slide.ts';
import { getOpenHandles } from '../../../../../src/utils/open-handles.ts';
import { buildDicom, createNoiseFrames, type TinyDicom } from '../../../../support/tiny-dicom.ts';

const root = mkdtempSync(join(tmpdir(), 'slideloom-dicom-'));
afterAll(() => rmSync(root, { recursive: true }));

let folder = '';
beforeEach(() => {
  folder = mkdtempSync(join(root, 'slide-'));
});

const size = { width: 50, height: 37, tileWidth: 16, tileHeight: 12 };
const noise = createNoiseFrames(size);
const full: TinyDicom = { ...size, frames: noise.frames };
const halfSize = { width: 25, height: 19, tileWidth: 16, tileHeight: 12 };
const half: TinyDicom = { ...halfSize, ...createNoiseFrames(halfSize, 'half'), instance: '1.2.3.5', instanceNumber: 2 };
const labelSize = { width: 7, height: 5, tileWidth: 7, tileHeight: 5 };
const label: TinyDicom = {
  ...labelSize,
  ...createNoiseFrames(labelSize, 'label'),
  imageType: 'ORIGINAL\\PRIMARY\\LABEL\\NONE',
  organization: null,
  instance: '1.2.3.6',
};

function put(name: string, image: TinyDicom): string {
  const path = join(folder, name);
  writeFileSync(path, buildDicom(image));
  return path;
}

const readAll = async (slide: Slide): Promise<Uint8Array> =>
  (await slide.readRegion({ x: 0, y: 0, level: 0, width: slide.width, height: slide.height })).data;
const notice = (slide: Slide) => slide.properties.get('slideloom.notice');

describe('a DICOM slide of several files', () => {
  it('is the same by each of its files and by its folder, whatever their names', async () => {
    const paths = [put('b', half), put('a.dcm', full), put('c.dat', label)];
    writeFileSync(join(folder, 'notes.txt'), 'notes');
    for (const path of [...paths, folder]) {
      await using slide = await openSlide(path);
      expect(slide.levels.map(({ width, height }) => [width, height])).toEqual([
        [50, 37],
        [25, 19],
      ]);
      expect(slide.associatedImages).toEqual(['label']);
      expect(await readAll(slide)).toEqual(noise.pixels);
      expect((await slide.readAssociatedImage('label')).width).toBe(7);
      expect(notice(slide)).toBeUndefined();
    }
    await using slide = await openSlide(folder);
    expect(basename(slide.name)).toBe('a.dcm');
    const sizes = [full, half, label].map((image) => buildDicom(image).length);
    expect(slide.identity.size).toBe(sizes.reduce((a, b) => a + b));
  });

  it('leaves other series, copies and images without a place out, and says so', async () => {
    const path = put('a.dcm', full);
    put('copy.dcm', full);
    put('other.dcm', { ...full, series: '9.9' });
    put('wide.dcm', { ...half, width: 48, height: 12, frames: half.frames.slice(0, 3), instance: '1.2.3.7' });
    put('twin.dcm', { ...full, instance: '1.2.3.8', instanceNumber: 5 });
    put('strange.dcm', { ...label, imageType: 'ORIGINAL\\PRIMARY\\LOCALIZER\\NONE', instance: '1.2.3.9' });
    put('seg.dcm', { ...full, sopClass: '1.2.840.10008.5.1.4.1.1.66.4' });
    writeFileSync(join(folder, 'broken.dcm'), buildDicom(full).subarray(0, 400));
    await using slide = await openSlide(path);
    expect(slide.levels.length).toBe(1);
    expect(slide.associatedImages).toEqual([]);
    expect(notice(slide)?.split('; ')).toEqual([
      '1 images of other series in the folder are left out',
      "DICOM files that can't be read are left out: broken.dcm",
      'an image is left out: its type is LOCALIZER',
      'the image of 50 x 37 pixels, instance 5, is left out: another has its size',
      'the image of 48 x 12 pixels, instance 2, is left out: it is not of the shape of the largest',
    ]);
  });

  it('asks which slide is meant where a folder has several, and says where it has none', async () => {
    await expect(openSlide(folder)).rejects.toMatchObject({ tag: 'source', source: folder });
    put('a.dcm', full);
    put('b.dcm', { ...full, series: '9.9' });
    await expect(openSlide(folder)).rejects.toMatchObject({
      message: expect.stringContaining('a folder of 2 DICOM slides'),
      hint: expect.stringContaining('a.dcm, b.dcm'),
    });
  });

  it('is an error where a level is damaged, and loses its label alone where that is', async () => {
    const path = put('a.dcm', full);
    writeFileSync(join(folder, 'label.dcm'), buildDicom(label).subarray(0, -40));
    await using slide = await openSlide(path);
    expect(slide.associatedImages).toEqual([]);
    expect(notice(slide)).toMatch(/the image "label" is left out: .*bytes of pixel data/);
    writeFileSync(join(folder, 'half.dcm'), buildDicom(half).subarray(0, -40));
    await expect(openSlide(path)).rejects.toMatchObject({ tag: 'dicom' });
    put('half.dcm', { ...half, syntax: '.4.112' });
    await using other = await openSlide(path);
    expect(other.levels.length).toBe(1);
    expect(notice(other)).toMatch(/the level of 25 x 19 pixels is left out: .*JPEG XL/);
  });

  it('closes all of its files, also when opening fails, and has few open at a time', async () => {
    const before = getOpenHandles().length;
    const parts = noise.frames.map((frame, i) => put(`part-${i}.dcm`, createPart(i, [frame])));
    const slide = await openSlide(parts[5] ?? '');
    expect(await readAll(slide)).toEqual(noise.pixels);
    const few = createNoiseFrames({ width: 16 * 40, height: 12, tileWidth: 16, tileHeight: 12 }, 'few');
    expect(getOpenHandles().length - before).toBeLessThanOrEqual(18);
    await slide[Symbol.asyncDispose]();
    expect(getOpenHandles().length).toBe(before);
    await expect(slide.readAssociatedImage('label')).rejects.toMatchObject({ tag: 'slide-closed' });
    folder = mkdtempSync(join(root, 'slide-'));
    const wide = few.frames.map((frame, i) => put(`p${i}.dcm`, { ...createPart(i, [frame]), width: 640, height: 12 }));
    const many = await openSlide(wide[0] ?? '');
    expect(await readAll(many)).toEqual(few.pixels);
    expect(getOpenHandles().length - before).toBeLessThanOrEqual(18);
    await many[Symbol.asyncDispose]();
    rmSync(join(folder, 'p39.dcm'));
    rmSync(join(folder, 'p7.dcm'));
    await expect(openSlide(folder)).rejects.toThrow(/frames from 7 on are in a file that is missing beside it/);
    expect(getOpenHandles().length).toBe(before);
  });

  it('notices a file that changes under it', async () => {
    put('half.dcm', half);
    const path = put('a.dcm', full);
    // Enough other files to have the first one closed in between.
    for (let i = 0; i < 20; i++) put(`x${i}.dcm`, { ...label, imageType: 'A\\B\\X\\D', instance: `1.9.${i}` });
    await using slide = await openSlide(path);
    writeFileSync(join(folder, 'half.dcm'), buildDicom({ ...half, delimited: true }));
    const region = { x: 0, y: 0, level: 1, width: 4, height: 4 };
    await expect(slide.readRegion(region)).rejects.toThrow(/the file changed after the slide was opened/);
  });
});

function createPart(index: number, frames: Uint8Array[]): TinyDicom {
  return {
    ...full,
    frames,
    instance: `1.2.3.4.${index}`,
    instanceNumber: index,
    elements: [
      [0x00209161, 'UI', '1.2.3.4'],
      [0x00209228, 'UL', [index]],
    ],
  };
}

describe('an image in parts', () => {
  it('is put together in the order of its frames', async () => {
    const cuts = [noise.frames.slice(0, 5), noise.frames.slice(5, 6), noise.frames.slice(6)];
    let first = 0;
    for (const [i, frames] of cuts.entries()) {
      const elements = createPart(first, frames).elements ?? [];
      put(`${9 - i}.dcm`, { ...createPart(i, frames), elements: [...elements, [0x00209163, 'US', [3]]] });
      first += frames.length;
    }
    await using slide = await openSlide(folder);
    expect(await readAll(slide)).toEqual(noise.pixels);
    expect(await slide.getTileLayout?.(0)).toBeUndefined();
    rmSync(join(folder, '7.dcm'));
    await expect(openSlide(folder)).rejects.toThrow(/one of 3 files that make the image, of which 2 are there/);
  });

  it('must be of one kind', async () => {
    put('a.dcm', createPart(0, noise.frames.slice(0, 8)));
    put('b.dcm', { ...createPart(8, noise.frames.slice(8)), planar: 1 });
    await expect(openSlide(folder)).rejects.toMatchObject({
      tag: 'dicom',
      message: expect.stringContaining('not that of'),
    });
  });
});

describe('who a DICOM slide is', () => {
  it('is decided by all of its files, not by that which was opened, nor by their names', async () => {
    const paths = [put('a.dcm', full), put('b.dcm', half), put('c.dcm', label)];
    const hash = async (path: string) => {
      await using slide = await openSlide(path);
      return { hash: await slide.computeQuickHash?.(), files: slide.files?.length };
    };
    const first = await hash(paths[0] ?? '');
    expect(first.files).toBe(3);
    for (const path of [...paths, folder]) expect(await hash(path)).toEqual(first);
    // One pixel of a coarse level, in a file that is not the one that is opened.
    const changed = half.frames.map((frame, i) =>
      i === 1 ? frame.map((value, at) => value ^ (at === 5 ? 1 : 0)) : frame,
    );
    put('b.dcm', { ...half, frames: changed });
    expect(await hash(paths[0] ?? '')).not.toEqual(first);
  });
});

describe('a damaged file of a DICOM slide', () => {
  const cut = (image: TinyDicom) => ({ ...image, elements: [[0x00280100, 'US', [12]]] }) as TinyDicom;

  it('costs the label that it holds, and no more', async () => {
    const path = put('a.dcm', full);
    put('label.dcm', cut(label));
    await using slide = await openSlide(path);
    expect(slide.associatedImages).toEqual([]);
    expect(notice(slide)).toMatch(/^the LABEL image is left out: .*12 bits/);
  });

  it('is an error where it holds a level', async () => {
    const path = put('a.dcm', full);
    put('half.dcm', cut(half));
    const open = getOpenHandles().length;
    await expect(openSlide(path)).rejects.toMatchObject({ tag: 'unsupported-format' });
    expect(getOpenHandles().length).toBe(open);
  });
});

describe('a DICOM slide that can not be shown as asked', () => {
  it('leaves no file of its series open', async () => {
    const path = put('a.dcm', full);
    put('half.dcm', half);
    const open = getOpenHandles().length;
    await expect(openSlide(path, { channel: 'DAPI' })).rejects.toMatchObject({ tag: 'option' });
    await expect(openSlide(path, { z: 3 })).rejects.toMatchObject({ tag: 'option' });
    expect(getOpenHandles().length).toBe(open);
  });
});

describe('a DICOM file that begins like a TIFF', () => {
  /** The header of a little endian TIFF in the 128 bytes before the mark. */
  function putWithPreamble(directory: number): string {
    const path = put('dual.dcm', full);
    const bytes = Buffer.from(buildDicom(full));
    bytes.set([0x49, 0x49, 42, 0]);
    bytes.writeUInt32LE(directory, 4);
    if (directory < 128) {
      bytes.writeUInt16LE(1, directory);
      bytes.writeUInt16LE(254, directory + 2);
      bytes.writeUInt16LE(4, directory + 4);
      bytes.writeUInt32LE(1, directory + 6);
    }
    writeFileSync(path, bytes);
    return path;
  }

  it.each([
    ['is one, as tools for both write them', 16],
    ['was one, before an archive dropped what followed', 0x7fff_0000],
  ])('%s: it is opened as DICOM', async (_what, directory) => {
    await using slide = await openSlide(putWithPreamble(directory));
    expect(slide.format).toBe('dicom');
    expect(await readAll(slide)).toEqual(noise.pixels);
  });
});
