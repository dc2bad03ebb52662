import { copyFile, mkdir, mkdtemp, rename, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { openSlide } from '../../../../../src/slide/open-slide.ts';
import { getOpenHandles } from '../../../../../src/utils/open-handles.ts';
import { writeOme } from '../../../../support/tiny-ome.ts';
import { buildTiff } from '../../../../support/tiny-tiff.ts';

let root = '';
let folder = '';
let count = 0;
beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'ome-'));
});
afterAll(() => rm(root, { recursive: true, force: true }));

const NAMES = ['a.ome.tif', 'b.ome.tif', 'c.ome.tif'];
const data = NAMES.map(
  (name, z) =>
    `<TiffData IFD="0" FirstZ="${z}" PlaneCount="1"><UUID FileName="${name}">urn:uuid:${z}</UUID></TiffData>`,
).join('');
const images = [{ pixels: { SizeX: 2, SizeZ: 3, PhysicalSizeX: 0.5, PhysicalSizeY: 0.5 }, data }];
const page = (z: number, description: string) =>
  buildTiff([{ width: 2, height: 1, samples: 1, chunks: [Uint8Array.of(z, z + 100)], description }]).bytes;

beforeEach(async () => {
  folder = join(root, String(count++));
  await mkdir(folder);
  for (const [z, name] of NAMES.entries())
    await writeFile(join(folder, name), page(z, writeOme(images, { uuid: `urn:uuid:${z}` })));
});

async function readPlane(name: string, z: number): Promise<number[]> {
  await using slide = await openSlide(join(folder, name), { z });
  return [...(await slide.readRegion({ x: 0, y: 0, level: 0, width: 2, height: 1 })).data].filter(
    (_, i) => i % 3 === 0,
  );
}

describe('a set of OME-TIFF files', () => {
  it('opens from any member, at any plane, and closes all of its files', async () => {
    const open = getOpenHandles().length;
    for (const name of NAMES) for (const z of [0, 1, 2]) expect(await readPlane(name, z)).toEqual([z, z + 100]);
    await using slide = await openSlide(join(folder, 'a.ome.tif'), { z: 2 });
    expect(getOpenHandles().length).toBe(open + 3);
    expect(await slide.getTileLayout?.(0)).toBeUndefined();
    slide.close();
    expect(getOpenHandles().length).toBe(open);
  });

  it('is found by UUID where files were renamed', async () => {
    await rename(join(folder, 'a.ome.tif'), join(folder, 'z.tif'));
    await rename(join(folder, 'b.ome.tif'), join(folder, 'a.ome.tif'));
    expect(await readPlane('c.ome.tif', 0)).toEqual([0, 100]);
    expect(await readPlane('z.tif', 1)).toEqual([1, 101]);
  });

  it('says which member is missing, and closes what it had opened', async () => {
    await rm(join(folder, 'b.ome.tif'));
    const open = getOpenHandles().length;
    await expect(openSlide(join(folder, 'a.ome.tif'), { z: 1 })).rejects.toMatchObject({
      tag: 'source',
      message: expect.stringContaining('b.ome.tif, urn:uuid:1'),
      hint: expect.stringContaining(folder),
    });
    expect(getOpenHandles().length).toBe(open);
    expect(await readPlane('a.ome.tif', 2)).toEqual([2, 102]);
  });

  it('does not take a file of another set for its own', async () => {
    await writeFile(join(folder, 'b.ome.tif'), page(9, writeOme(images, { uuid: 'urn:uuid:9' })));
    await expect(readPlane('a.ome.tif', 1)).rejects.toMatchObject({ tag: 'source' });
  });

  it('believes a name where the file has no UUID', async () => {
    await writeFile(join(folder, 'b.ome.tif'), page(1, 'a plain TIFF page'));
    expect(await readPlane('a.ome.tif', 1)).toEqual([1, 101]);
  });

  it('goes nowhere outside its folder', async () => {
    await mkdir(join(folder, 'in'));
    const outside = writeOme([{ ...images[0]!, data: data.replaceAll('FileName="', 'FileName="../') }], {
      uuid: 'urn:uuid:0',
    });
    await writeFile(join(folder, 'in', 'a.ome.tif'), page(0, outside));
    await expect(openSlide(join(folder, 'in', 'a.ome.tif'), { z: 1 })).rejects.toMatchObject({ tag: 'source' });
  });

  it('is one file where the XML names one only, whatever its name is now', async () => {
    const one = '<TiffData IFD="0"><UUID FileName="gone.ome.tif">urn:uuid:other</UUID></TiffData>';
    await writeFile(join(folder, 'new.tif'), page(7, writeOme([{ pixels: { SizeX: 2 }, data: one }])));
    expect(await readPlane('new.tif', 0)).toEqual([7, 107]);
  });
});

describe('a set with a companion file', () => {
  const binaryOnly = (z: number) =>
    writeOme([], {
      uuid: `urn:uuid:${z}`,
      elements: '<BinaryOnly MetadataFile="set.companion.ome" UUID="urn:uuid:m"/>',
    });
  beforeEach(async () => {
    for (const [z, name] of NAMES.entries()) await writeFile(join(folder, name), page(z, binaryOnly(z)));
    await writeFile(join(folder, 'set.companion.ome'), writeOme(images, { uuid: 'urn:uuid:m' }));
  });

  it('opens from any member and from the companion', async () => {
    for (const name of [...NAMES, 'set.companion.ome'])
      for (const z of [0, 1, 2]) expect(await readPlane(name, z)).toEqual([z, z + 100]);
    await using slide = await openSlide(join(folder, 'b.ome.tif'));
    expect(slide.mpp).toMatchObject({ x: 0.5, source: 'metadata' });
  });

  it('reads a member by itself where the companion is gone, and says so', async () => {
    await rm(join(folder, 'set.companion.ome'));
    expect(await readPlane('b.ome.tif', 0)).toEqual([1, 101]);
    await using slide = await openSlide(join(folder, 'b.ome.tif'));
    expect(slide.properties.get('ome.missing-companion')).toBe('set.companion.ome');
    await expect(readPlane('b.ome.tif', 1)).rejects.toMatchObject({
      tag: 'option',
      hint: expect.stringContaining('set.companion.ome'),
    });
  });

  it('refuses a companion that is damaged', async () => {
    await writeFile(join(folder, 'set.companion.ome'), '<OME><Image>');
    await expect(readPlane('a.ome.tif', 0)).rejects.toMatchObject({ tag: 'unsupported-format' });
    await copyFile(join(folder, 'a.ome.tif'), join(folder, 'set.companion.ome'));
    await expect(readPlane('a.ome.tif', 0)).rejects.toMatchObject({ tag: 'unsupported-format' });
  });
});

describe('who a set of OME-TIFF files is', () => {
  it('is decided by all files of the plane', async () => {
    const describeSet = async (name: string, z: number) => {
      await using slide = await openSlide(join(folder, name), { z });
      return { identity: slide.identity, hash: await slide.computeQuickHash?.(), files: slide.files };
    };
    const before = await describeSet('a.ome.tif', 1);
    expect(before.files?.map((file) => file.slice(folder.length + 1))).toEqual(['a.ome.tif', 'b.ome.tif']);
    const sizes = await Promise.all(
      ['a.ome.tif', 'b.ome.tif'].map(async (name) => (await stat(join(folder, name))).size),
    );
    expect(before.identity.size).toBe(sizes.reduce((a, b) => a + b));
    // The pixels of the plane, which lie in the other file.
    await writeFile(join(folder, 'b.ome.tif'), page(77, writeOme(images, { uuid: 'urn:uuid:1' })));
    const after = await describeSet('a.ome.tif', 1);
    expect(after.hash).not.toBe(before.hash);
  });
});
