import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { sharp } from '../../src/io/codec/sharp.ts';
import { openFileSource } from '../../src/io/source/file-source.ts';
import { openTiff } from '../../src/io/tiff/open-tiff.ts';
import { TAG } from '../../src/io/tiff/tags.ts';
import { convertSlide } from '../../src/preprocessing/convert-slide.ts';
import { openSlide } from '../../src/slide/open-slide.ts';
import type { Slide } from '../../src/slide/slide.ts';
import { createSyntheticSlide } from '../../src/slide/synthetic-slide.ts';
import { AbortedError, OutputError, TileError } from '../../src/utils/errors.ts';
import { writeJpegSlide } from '../support/jpeg-slide.ts';
import { createLayeredImage } from '../support/layered-tiff.ts';
import { describeWithOpenSlide } from '../support/openslide-oracle.ts';
import { describeWithShared, sharedPath } from '../support/shared-data.ts';
import { writeOme } from '../support/tiny-ome.ts';
import { buildTiff, createNoise } from '../support/tiny-tiff.ts';
import { buildLeicaSlide } from '../support/vendors/leica-slide.ts';
import { buildPhilipsSlide } from '../support/vendors/philips-slide.ts';
import { buildTrestleSlide } from '../support/vendors/trestle-slide.ts';
import { buildVentanaSlide } from '../support/vendors/ventana-slide.ts';

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'slideloom-convert-'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const wsi = (name: string) => sharedPath('data', 'wsi', name);
let count = 0;
const nextPath = (extension = '.tif') => join(folder, `out-${count++}${extension}`);

const NOTHING = new Uint8Array(0);

/** Byte for byte; `toEqual` takes seconds for a megabyte. */
function expectSame({ data: one }: { data: ArrayBufferView }, { data: other }: { data: ArrayBufferView }): void {
  const bytes = ({ buffer, byteOffset, byteLength }: ArrayBufferView) => Buffer.from(buffer, byteOffset, byteLength);
  expect(one.byteLength).toBe(other.byteLength);
  expect(bytes(one).equals(bytes(other))).toBe(true);
}

/** Every pixel of every level that both have. */
async function expectSamePixels(one: Slide, other: Slide, levels = one.levels.length): Promise<void> {
  for (let level = 0; level < levels; level++) {
    const { width, height } = one.levels[level]!;
    expect(other.levels[level]).toMatchObject({ width, height });
    for (let y = 0; y < height; y += 1000) {
      const region = { x: 0, y: y * one.levels[level]!.downsample.y, level, width, height: Math.min(1000, height - y) };
      const [a, b] = [await one.readRegion(region), await other.readRegion(region)];
      expect(Buffer.compare(a.data, b.data), `level ${level}, row ${y}`).toBe(0);
    }
  }
}

async function expectSameTiles(one: Slide, other: Slide): Promise<void> {
  for (const [level, { width, height, tileWidth, tileHeight }] of one.levels.entries()) {
    for (let row = 0; row * tileHeight < height; row++) {
      for (let col = 0; col * tileWidth < width; col++) {
        const [a, b] = [await one.readTile(level, col, row), await other.readTile(level, col, row)];
        expect(Buffer.compare(a!.data, b!.data), `level ${level}, ${col}, ${row}`).toBe(0);
      }
    }
  }
}

describeWithShared('conversion of real slides', () => {
  it.each([
    ['CMU-1-Small-Region.svs', 'bigtiff'],
    ['CMU-1-Small-Region.svs', 'ome-tiff'],
    ['CMU-1-Small-Region.jp2.tiff', 'bigtiff'],
    ['CMU-1-Small-Region.webp.tiff', 'bigtiff'],
    ['dicom-CMU-1-Small-Region-jpeg', 'bigtiff'],
    ['dicom-CMU-1-Small-Region-j2k', 'ome-tiff'],
    ['camelyon_j2k-lossless.dcm', 'bigtiff'],
  ] as const)(
    '%s to %s: the same tiles, byte for byte, and the same pixels',
    { timeout: 60_000 },
    async (name, layout) => {
      const path = nextPath();
      await using source = await openSlide(wsi(name));
      const converted = await convertSlide(source, path, { layout });
      expect(converted.levels.map(({ method }) => method)).toEqual(source.levels.map(() => 'copied'));
      await using slide = await openSlide(path);
      expect(slide.format).toBe(layout === 'bigtiff' ? 'generic-tiff' : 'ome-tiff');
      await expectSameTiles(source, slide);
      await expectSamePixels(source, slide);
      // Resolution is a fraction of 32-bit numbers in pixels a centimetre.
      if (source.mpp) expect(slide.mpp!.x / source.mpp.x).toBeCloseTo(1, 12);
      if (source.mpp) expect(slide.mpp!.y / source.mpp.y).toBeCloseTo(1, 12);
      expect(slide.objectivePower).toBe(source.objectivePower);
      expectSame({ data: slide.iccProfile ?? NOTHING }, { data: source.iccProfile ?? NOTHING });
      expect(slide.associatedImages).toEqual(converted.associatedImages);
      for (const image of converted.associatedImages)
        expectSame(await slide.readAssociatedImage(image), await source.readAssociatedImage(image));
    },
  );

  it('NDPI strips are decoded and encoded: without loss where that is asked for', { timeout: 60_000 }, async () => {
    const path = nextPath();
    await using source = await openSlide(wsi('hamamatsu-DAPI-2-387.ndpi'));
    const converted = await convertSlide(source, path, { compression: 'deflate' });
    expect(converted.levels.every(({ method }) => method === 'encoded')).toBe(true);
    await using slide = await openSlide(path);
    await expectSamePixels(source, slide);
    expect(slide.associatedImages).toEqual(source.associatedImages);
    expect(slide.mpp!.x / source.mpp!.x).toBeCloseTo(1, 12);
  });

  it('JPEG of quality 95 is near to what was encoded', { timeout: 60_000 }, async () => {
    const path = nextPath();
    await using source = await openSlide(wsi('CMU-1-Small-Region.svs'));
    await convertSlide(source, path, { compression: 'jpeg', copy: false, quality: 95 });
    await using slide = await openSlide(path);
    const region = { x: 0, y: 0, level: 0, width: 2220, height: 2967 };
    const [a, b] = [await source.readRegion(region), await slide.readRegion(region)];
    const mean = a.data.reduce((sum, value, i) => sum + Math.abs(value - b.data[i]!), 0) / a.data.length;
    // Chroma at half the size blurs the edges of what was stored at full size.
    expect(mean).toBeLessThan(3);
  });

  it('channels keep their samples in an OME-TIFF, and are refused elsewhere', async () => {
    await using source = await openSlide(wsi('multi-channel.ome.tif'));
    const path = nextPath('.ome.tif');
    const converted = await convertSlide(source, path, { layout: 'ome-tiff' });
    expect(converted.channels).toBe(source.channels.length);
    await using slide = await openSlide(path);
    expect(slide.channels.map(({ type }) => type)).toEqual(source.channels.map(({ type }) => type));
    await expectSamePixels(source, slide);
    for (const channel of source.channels.keys()) {
      const region = { x: 0, y: 0, level: 0, width: source.width, height: source.height, channel };
      expectSame(await slide.readRegion(region), await source.readRegion(region));
    }
    await expect(convertSlide(source, nextPath())).rejects.toMatchObject({ tag: 'unsupported-format' });
    const flat = nextPath();
    await convertSlide(source, flat, { composite: true });
    await using shown = await openSlide(flat);
    await expectSamePixels(source, shown);
  });
});

// python3-pil comes with python3-openslide.
describeWithOpenSlide('conversion, seen by OpenSlide and libtiff', (getOracle) => {
  describeWithShared('a real slide', () => {
    it('tiles that are missing are white among tiles of shared tables, for libtiff as well', async () => {
      const bytes = readFileSync(wsi('CMU-1-Small-Region.svs'));
      const file = await openFileSource(wsi('CMU-1-Small-Region.svs'));
      const counts = (await openTiff(file))!.directories[0]!.fields.get(TAG.TileByteCounts)!.offset;
      await file.close();
      for (const tile of [0, 5, 17, 40, 41]) bytes.writeUInt32LE(0, counts + 4 * tile);
      const [from, path] = [join(folder, 'holes.svs'), nextPath()];
      writeFileSync(from, bytes);
      await using source = await openSlide(from);
      await convertSlide(source, path);
      await using slide = await openSlide(path);
      await expectSamePixels(source, slide);
      // Pillow reads tiles with libtiff, by one decoder for all of them.
      const script = 'import sys; from PIL import Image; sys.stdout.buffer.write(Image.open(sys.argv[1]).tobytes())';
      const { stdout, stderr } = spawnSync('/usr/bin/python3', ['-c', script, path], { maxBuffer: 2 ** 26 });
      expect(stderr.toString()).toBe('');
      const { width, height } = source;
      expectSame({ data: stdout }, await source.readRegion({ x: 0, y: 0, level: 0, width, height }));
    });

    it.each([
      [{}, true],
      [{ compression: 'deflate', tileSize: 256 }, true],
      [{ levels: 'pyramid' }, true],
      [{ compression: 'jpeg', copy: false }, false],
    ] as const)('%o', { timeout: 60_000 }, async (options, lossless) => {
      const path = nextPath();
      await using source = await openSlide(wsi('CMU-1-Small-Region.svs'));
      await convertSlide(source, path, options);
      const original = await getOracle().open(wsi('CMU-1-Small-Region.svs'));
      const theirs = await getOracle().open(path);
      await using ours = await openSlide(path);
      expect(theirs.vendor).toBe('generic-tiff');
      expect(theirs.levels.map(({ width, height }) => [width, height])).toEqual(
        ours.levels.map(({ width, height }) => [width, height]),
      );
      // libtiff reads fractions in single precision.
      const given = Number(
        theirs.properties['openslide.mpp-x'] ?? 10_000 / Number(theirs.properties['tiff.XResolution']),
      );
      expect(given / source.mpp!.x).toBeCloseTo(1, 6);
      for (const [level, { width, height }] of ours.levels.entries()) {
        const region = { x: 0, y: 0, level, width, height };
        const pixels = await theirs.readRegion(region);
        expectSame(pixels, await ours.readRegion(region));
        if (level === 0 && lossless) expectSame(pixels, await original.readRegion(region));
      }
      await theirs.close();
      await original.close();
    });
  });

  it('white tiles among copied ones do not disturb their neighbours', async () => {
    const from = join(folder, 'sparse.tif');
    await writeJpegSlide(from, {
      width: 700,
      height: 500,
      tile: 128,
      kind: (col, row) => ((col + row) % 3 ? 'baseline' : 'none'),
    });
    await using source = await openSlide(from);
    const path = nextPath();
    await convertSlide(source, path);
    await using ours = await openSlide(path);
    await expectSamePixels(source, ours);
    const theirs = await getOracle().open(path);
    const region = { x: 0, y: 0, level: 0, width: 700, height: 500 };
    expect(Buffer.compare((await theirs.readRegion(region)).data, (await source.readRegion(region)).data)).toBe(0);
    await theirs.close();
  });
});

describe('conversion of pictures', () => {
  it.each(['png', 'jpeg'] as const)('%s to a pyramid whose levels are means of 2 x 2 pixels', async (format) => {
    const [width, height] = [1501, 903];
    const pixels = Uint8Array.from({ length: width * height * 3 }, (_, i) => ((i * 7) ^ (i >> 9)) & 255);
    const from = join(folder, `picture.${format}`);
    writeFileSync(
      from,
      await sharp(pixels, { raw: { width, height, channels: 3 } })
        [format]()
        .toBuffer(),
    );
    const path = nextPath();
    await using source = await openSlide(from, { mpp: 0.5 });
    const converted = await convertSlide(source, path, { levels: 'pyramid', compression: 'deflate', tileSize: 256 });
    expect(converted.levels.map(({ width, height }) => [width, height])).toEqual([
      [1501, 903],
      [750, 451],
      [375, 225],
      [187, 112],
    ]);
    await using slide = await openSlide(path);
    expect(slide.mpp).toMatchObject({ x: 0.5, y: 0.5 });
    let above = (await source.readRegion({ x: 0, y: 0, level: 0, width, height })).data;
    for (const [level, size] of slide.levels.entries()) {
      const found = await slide.readRegion({ x: 0, y: 0, level, width: size.width, height: size.height });
      if (level > 0) above = halvePlainly(above, slide.levels[level - 1]!.width, size);
      expect(Buffer.compare(found.data, above), `level ${level}`).toBe(0);
    }
  });
});

/** The definition, pixel by pixel. */
function halvePlainly(data: Uint8Array, pitch: number, size: { width: number; height: number }): Uint8Array {
  return Uint8Array.from({ length: size.width * size.height * 3 }, (_, i) => {
    const [x, y, c] = [Math.floor(i / 3) % size.width, Math.floor(i / 3 / size.width), i % 3];
    const at = (dx: number, dy: number) => data[((2 * y + dy) * pitch + 2 * x + dx) * 3 + c]!;
    return Math.floor((at(0, 0) + at(1, 0) + at(0, 1) + at(1, 1) + 2) / 4);
  });
}

describe('samples of more than 8 bits', () => {
  it.each([
    ['tiles that are copied', { tile: 32 }, { layout: 'bigtiff' }, 'copied'],
    ['strips', {}, { layout: 'bigtiff' }, 'encoded'],
    ['big-endian tiles', { tile: 32, bigEndian: true }, { layout: 'ome-tiff' }, 'encoded'],
  ] as const)('grey of 16 bits in %s', async (name, shape, options, method) => {
    const image = createLayeredImage({ width: 150, height: 90, samples: 1, bits: 16, ...shape });
    const from = join(folder, `${name.replaceAll(' ', '-')}.tif`);
    writeFileSync(from, buildTiff([image], { bigEndian: 'bigEndian' in shape }).bytes);
    await using source = await openSlide(from);
    const path = nextPath();
    const converted = await convertSlide(source, path, options);
    expect(converted.levels[0]!.method).toBe(method);
    await using slide = await openSlide(path);
    const region = { x: 0, y: 0, level: 0, width: 150, height: 90, channel: 0 };
    const [a, b] = [await source.readRegion(region), await slide.readRegion(region)];
    expect(b.type).toBe('uint16');
    expectSame(a, b);
    await expect(convertSlide(source, nextPath(), { compression: 'jpeg', copy: false })).rejects.toThrow(
      /samples of uint16/,
    );
  });

  it('RGB of 16 bits is copied, or refused', async () => {
    const image = createLayeredImage({ width: 150, height: 90, samples: 3, bits: 16, tile: 32 });
    const from = join(folder, 'deep.tif');
    writeFileSync(from, buildTiff([image]).bytes);
    await using source = await openSlide(from);
    const path = nextPath();
    await convertSlide(source, path);
    await using slide = await openSlide(path);
    for (const channel of ['red', 'green', 'blue']) {
      const region = { x: 0, y: 0, level: 0, width: 150, height: 90, channel };
      expectSame(await slide.readRegion(region), await source.readRegion(region));
    }
    await expect(convertSlide(source, nextPath(), { copy: false })).rejects.toMatchObject({
      tag: 'unsupported-format',
    });
    await convertSlide(source, nextPath(), { copy: false, composite: true });
  });
});

describe('slides of vendors, built by their documented layout', () => {
  const slides = {
    'philips.tiff': () => buildPhilipsSlide({ spacing: [0.000_25, 0.000_25], missing: [7], labelPage: true }),
    'ventana.bif': () => buildVentanaSlide(),
    'leica.scn': () => buildLeicaSlide(),
    'trestle.tif': () => buildTrestleSlide(),
  };

  it.each([
    ['philips.tiff', 'copied'],
    // Tiles that overlap, or lie off the grid, are composed: what is stored is not what is shown.
    ['ventana.bif', 'encoded'],
    ['leica.scn', 'encoded'],
    ['trestle.tif', 'encoded'],
  ] as const)('%s: tiles are %s', async (name, method) => {
    const [from, path] = [join(folder, name), nextPath()];
    writeFileSync(from, slides[name]().tiff.bytes);
    await using source = await openSlide(from);
    const { levels } = await convertSlide(source, path, { compression: method === 'copied' ? 'auto' : 'deflate' });
    expect(new Set(levels.map((level) => level.method))).toEqual(new Set([method]));
    await using slide = await openSlide(path);
    expect(slide.format).toBe('generic-tiff');
    expect(slide.levels.length).toBe(source.levels.length);
    await expectSamePixels(source, slide);
  });
});

describe('bad tiles', () => {
  const damaged = async () => {
    const path = join(folder, 'damaged.tif');
    const kind = (col: number, row: number) => (col === 2 && row === 1 ? 'noise' : 'baseline');
    await writeJpegSlide(path, { width: 700, height: 500, tile: 128, kind });
    return path;
  };

  it.each([true, false])('stop the conversion, or are white and listed (copied: %s)', async (copy) => {
    await using source = await openSlide(await damaged());
    const path = nextPath();
    await expect(convertSlide(source, path, { copy })).rejects.toBeInstanceOf(TileError);
    expect(existsSync(path)).toBe(false);
    expect(readdirSync(folder).filter((name) => name.includes('partial'))).toEqual([]);
    const converted = await convertSlide(source, path, {
      copy,
      onBadTile: 'white',
      compression: copy ? 'auto' : 'deflate',
    });
    expect(converted.badTiles.map(({ level, col, row }) => [level, col, row])).toEqual([[0, 2, 1]]);
    await using slide = await openSlide(path);
    expect(slide.properties.get('tiff.ImageDescription')).toContain('unreadable-tiles = 1');
    const region = { x: 0, y: 0, level: 0, width: 700, height: 500 };
    const expected = await source.readRegion(region, { onBadTile: () => {} });
    expect(Buffer.compare((await slide.readRegion(region)).data, expected.data)).toBe(0);
  });

  it('are copied unseen where nobody looks', async () => {
    await using source = await openSlide(await damaged());
    const path = nextPath();
    await convertSlide(source, path, { checkCopies: false });
    await using slide = await openSlide(path);
    await expectSameTiles(source, slide);
  });
});

describe('colours', () => {
  it('go with their profile, or are converted and go without', async () => {
    const from = join(folder, 'profile.svs');
    await createSyntheticSlide(from, { width: 600, height: 500, seed: 2 });
    const [kept, converted] = [nextPath(), nextPath()];
    await using source = await openSlide(from);
    await convertSlide(source, kept);
    await using same = await openSlide(kept);
    expectSame({ data: same.iccProfile ?? NOTHING }, { data: source.iccProfile! });
    await using srgb = await openSlide(from, { icc: 'srgb' });
    const { levels } = await convertSlide(srgb, converted, { compression: 'deflate' });
    expect(levels[0]!.method).toBe('encoded');
    await using plain = await openSlide(converted);
    expect(plain.iccProfile).toBeUndefined();
    await expectSamePixels(srgb, plain);
  });
});

describe('de-identification', () => {
  const secret = 'MÜLLER^ANNA 1951-02-03';
  const identified = async () => {
    const path = join(folder, 'identified.svs');
    await createSyntheticSlide(path, { width: 1500, height: 1100, seed: 9 });
    const tile = await sharp({ create: { width: 64, height: 64, channels: 3, background: '#a06080' } })
      .withExif({ IFD0: { Artist: 'patient 4711' } })
      .jpeg()
      .toBuffer();
    const tags = [
      { tag: 306, type: 2, values: [...Buffer.from('2024:05:06 07:08:09\0')] },
      { tag: 272, type: 2, values: [...Buffer.from('Scanner 12\0')] },
      { tag: 315, type: 2, values: [...Buffer.from('Dr. Who\0')] },
      { tag: 269, type: 2, values: [...Buffer.from('S24-0815.tif\0')] },
    ];
    const image = { width: 64, height: 64, tileWidth: 64, tileHeight: 64, chunks: [tile], samples: 3 };
    const file = join(folder, 'S24-0815-patient.tif');
    const page = { ...image, compression: 7, photometric: 6, description: secret, tags };
    const label = {
      width: 8,
      height: 8,
      chunks: [Buffer.from('LABEL-OF-PATIENT'.repeat(12))],
      samples: 3,
      photometric: 2,
      description: 'label',
    };
    writeFileSync(file, buildTiff([page, label]).bytes);
    return file;
  };

  it('takes no text of the scanner over, and date, scanner and label only where they are wanted', async () => {
    await using source = await openSlide(await identified());
    expect(source.associatedImages).toEqual(['label']);
    const [kept, stripped] = [nextPath(), nextPath()];
    await convertSlide(source, kept);
    await convertSlide(source, stripped, { stripAssociated: true, stripMetadata: true });
    const holds = (path: string, text: string) => readFileSync(path).includes(Buffer.from(text, 'latin1'));
    for (const text of ['ANNA', 'Dr. Who', 'S24-0815', 'identified']) expect(holds(kept, text), text).toBe(false);
    expect(holds(kept, 'Scanner 12') && holds(kept, '2024:05:06') && holds(kept, 'patient 4711')).toBe(true);
    const all = ['ANNA', 'Dr. Who', 'S24-0815', 'Scanner 12', '2024', 'patient 4711', 'Exif'];
    for (const text of all) expect(holds(stripped, text), text).toBe(false);
    await using slide = await openSlide(stripped);
    expect(slide.associatedImages).toEqual([]);
    await expectSamePixels(source, slide);
    await using other = await openSlide(kept);
    expectSame(await other.readAssociatedImage('label'), await source.readAssociatedImage('label'));
  });

  it('leaves no page of a label, a macro or a thumbnail in the file', async () => {
    await identified();
    await using source = await openSlide(join(folder, 'identified.svs'));
    expect(source.associatedImages).toEqual(['label', 'macro', 'thumbnail']);
    for (const layout of ['bigtiff', 'ome-tiff'] as const) {
      const path = nextPath();
      const converted = await convertSlide(source, path, { layout, stripAssociated: true });
      expect(converted.leftOut).toEqual(['label', 'macro', 'thumbnail']);
      const file = await openFileSource(path);
      const pages = (await openTiff(file))!.directories.length;
      expect(pages).toBe(layout === 'bigtiff' ? source.levels.length : 1);
      await file.close();
    }
  });
});

describe('a file appears whole or not at all', () => {
  const small = async () => {
    const path = join(folder, 'small.tif');
    await writeJpegSlide(path, { width: 700, height: 500, tile: 128 });
    return path;
  };

  it('replaces nothing unless it is told to, and never its source', async () => {
    const from = await small();
    await using source = await openSlide(from);
    const path = nextPath();
    writeFileSync(path, 'mine');
    await expect(convertSlide(source, path)).rejects.toThrow(/is there already/);
    expect(readFileSync(path, 'utf8')).toBe('mine');
    await expect(convertSlide(source, from, { overwrite: true })).rejects.toThrow(/is the slide that is read/);
    await expect(convertSlide(source, folder, { overwrite: true })).rejects.toThrow(/is a folder/);
    await convertSlide(source, path, { overwrite: true });
    expect(readFileSync(path).subarray(0, 4)).toEqual(Buffer.from([0x49, 0x49, 43, 0]));
  });

  it('gives the same bytes twice, and makes the folders on the way', async () => {
    await using source = await openSlide(await small());
    const paths = [join(folder, 'new', 'a', 'one.tif'), join(folder, 'new', 'b', 'two.tif')];
    for (const path of paths) await convertSlide(source, path, { levels: 'pyramid', tileSize: 64 });
    expect(readFileSync(paths[0]!).equals(readFileSync(paths[1]!))).toBe(true);
    expect(readdirSync(join(folder, 'new', 'a'))).toEqual(['one.tif']);
  });

  it('ends with AbortedError and leaves nothing', async () => {
    await using source = await openSlide(await small());
    const path = nextPath();
    const controller = new AbortController();
    const onProgress = ({ done }: { done: number }) => done > 5 && controller.abort();
    const running = convertSlide(source, path, { signal: controller.signal, onProgress });
    await expect(running).rejects.toBeInstanceOf(AbortedError);
    expect(readdirSync(folder).filter((name) => name.startsWith(`${path.split('/').at(-1)}`))).toEqual([]);
  });

  it.skipIf(!existsSync('/dev/full'))('tells a full disk as such and leaves nothing', async () => {
    const { mkdirSync, symlinkSync } = await import('node:fs');
    await using source = await openSlide(await small());
    const path = nextPath();
    mkdirSync(`${path}.partial`);
    symlinkSync('/dev/full', join(`${path}.partial`, 'slide.partial'));
    const running = convertSlide(source, path, { compression: 'none', copy: false });
    await expect(running).rejects.toThrow(/the disk is full/);
    await expect(running).rejects.toBeInstanceOf(OutputError);
    expect(readdirSync(folder).filter((name) => name.startsWith(`${path.split('/').at(-1)}`))).toEqual([]);
  });
});

describe('OME-TIFF', () => {
  it('holds each channel with its name, its colour and its samples, in SubIFDs at each size', async () => {
    const [width, height] = [600, 400];
    const pages = [11, 12].map((seed) => createNoise(width * height * 2, seed));
    // Colours are signed numbers: red, green, blue, opacity.
    const channels = [
      { ID: 'Channel:0:0', Name: 'DAPI \u00b5 &lt;1&gt;', Color: 0x0000ffff },
      { ID: 'Channel:0:1', Name: 'CD3', Color: 0xff8000ff | 0 },
    ];
    const size = { SizeX: width, SizeY: height, SizeC: 2, Type: 'uint16', PhysicalSizeX: 0.5, PhysicalSizeY: 0.25 };
    const description = writeOme([{ pixels: size, channels }]);
    const image = { width, height, bits: 16, samples: 1, photometric: 1, rowsPerStrip: height };
    const from = join(folder, 'two.ome.tif');
    const images = pages.map((page, index) => ({ ...image, chunks: [page], ...(index === 0 && { description }) }));
    writeFileSync(from, buildTiff(images).bytes);
    await using source = await openSlide(from);
    expect(source.channels.map(({ name }) => name)).toEqual(['DAPI \u00b5 <1>', 'CD3']);
    const path = nextPath('.ome.tif');
    const options = { layout: 'ome-tiff', levels: 'pyramid', tileSize: 128 } as const;
    const converted = await convertSlide(source, path, options);
    expect(converted).toMatchObject({ channels: 2, levels: { length: 4 } });
    await using slide = await openSlide(path);
    expect(slide.mpp).toEqual({ x: 0.5, y: 0.25, source: 'metadata' });
    expect(slide.levels.map(({ width, height }) => [width, height])).toEqual([
      [600, 400],
      [300, 200],
      [150, 100],
      [75, 50],
    ]);
    expect(slide.channels).toEqual(source.channels);
    for (const channel of [0, 1]) {
      const region = { x: 0, y: 0, level: 0, width, height, channel };
      const whole = (await source.readRegion(region)).data;
      expectSame(await slide.readRegion(region), { data: whole });
      const half = (await slide.readRegion({ ...region, level: 1, width: 300, height: 200 })).data;
      const at = (x: number, y: number) => whole[y * width + x]!;
      const mean = (at(20, 30) + at(21, 30) + at(20, 31) + at(21, 31) + 2) / 4;
      expect(half[15 * 300 + 10]).toBe(Math.floor(mean));
    }
    const file = await openFileSource(path);
    const tiff = (await openTiff(file))!;
    expect(tiff.directories.length).toBe(2);
    for (const page of tiff.directories) expect((await tiff.readSubDirectories(page)).length).toBe(3);
    await file.close();
    const nameless = nextPath('.ome.tif');
    await convertSlide(source, nameless, { ...options, stripMetadata: true });
    expect(readFileSync(nameless).includes(Buffer.from('DAPI'))).toBe(false);
  });

  it('keeps one channel where the slide was opened for one', async () => {
    await using source = await openSlide(join(folder, 'two.ome.tif'), { channel: 'CD3' });
    const path = nextPath();
    await convertSlide(source, path);
    await using slide = await openSlide(path);
    const region = { x: 0, y: 0, level: 0, width: 600, height: 400 };
    expectSame(await slide.readRegion({ ...region, channel: 0 }), await source.readRegion({ ...region, channel: 1 }));
  });
});
