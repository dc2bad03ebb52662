import { spawnSync } from 'node:child_process';
import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { openSlide } from '../../src/slide/open-slide.ts';
import type { Slide } from '../../src/slide/slide.ts';
import { getOpenHandles } from '../../src/utils/open-handles.ts';
import { buildTiff, createNoise, createNoiseImage, setEntry, setLink, type TinyTiff } from '../support/tiny-tiff.ts';

const folder = mkdtempSync(join(tmpdir(), 'slideloom-corrupt-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const tiles = { tileWidth: 16, tileHeight: 16 };
const image = createNoiseImage({ width: 40, height: 30, ...tiles });
const half = { ...createNoiseImage({ width: 20, height: 15, ...tiles }), tags: [{ tag: 254, type: 4, values: [1] }] };
const sound = buildTiff([image, half]);
const big = buildTiff([image, half], { big: true });
const aperio = buildTiff([{ ...image, description: 'Aperio x\n40x30|MPP = 0.5' }, half]);

/** A damaged file, what is done with it, and what is said of it. */
interface CorruptCase {
  readonly name: string;
  readonly bytes: Uint8Array;
  readonly use?: (slide: Slide) => Promise<unknown>;
  readonly tag: string;
  readonly message: RegExp;
}

const readAll = (slide: Slide) => slide.readRegion({ x: 0, y: 0, level: 0, width: 40, height: 30 });
const readLevel = (level: number) => (slide: Slide) => slide.readRegion({ x: 0, y: 0, level, width: 4, height: 4 });
const readCorner = (slide: Slide) => slide.readTile(1, 1, 0);

function withOffset(tiff: TinyTiff, directory: number, offset: number): Uint8Array {
  const { chunks } = { chunks: tiff.directories[directory]?.chunkOffsets ?? [] };
  const bytes = tiff.bytes.slice();
  const view = new DataView(bytes.buffer);
  // The second tile's offset, wherever the table of offsets stands.
  for (let at = 0; at + 8 <= bytes.length; at++) {
    const [first, second] = [view.getUint32(at, true), view.getUint32(at + 4, true)];
    if (first !== chunks[0] || second !== chunks[1]) continue;
    view.setUint32(at + 4, offset, true);
    return bytes;
  }
  throw new Error('no table of offsets');
}

const cases: CorruptCase[] = [
  { name: 'empty', bytes: new Uint8Array(0), tag: 'unsupported-format', message: /the file is empty \(0 bytes\)/ },
  { name: 'one byte', bytes: Uint8Array.of(0x49), tag: 'unsupported-format', message: /not a slide of a known format/ },
  { name: 'noise', bytes: createNoise(5000), tag: 'unsupported-format', message: /not a slide of a known format/ },
  {
    name: 'text',
    bytes: Buffer.from('not a slide at all\n'),
    tag: 'unsupported-format',
    message: /not a slide of a known format/,
  },
  {
    name: 'header only',
    bytes: sound.bytes.subarray(0, 8),
    tag: 'tiff',
    message: /directory 0: offset \d+ lies past the end \(8 bytes\)/,
  },
  {
    name: 'cut in half',
    bytes: sound.bytes.subarray(0, sound.bytes.length >> 1),
    tag: 'tiff',
    message: /directory 0|directory 1/,
  },
  {
    name: 'cut by a byte',
    bytes: big.bytes.subarray(0, big.directories[1]!.linkAt - 1),
    tag: 'tiff',
    message: /directory 1: \d+ entries at offset \d+ do not fit/,
  },
  {
    name: 'IFD loop',
    bytes: setLink(sound, 1, sound.directories[0]!.offset),
    tag: 'tiff',
    message: /directory 2: the chain returns to offset \d+: a loop/,
  },
  { name: 'no directory', bytes: buildTiff([]).bytes, tag: 'tiff', message: /directory 0: no directory/ },
  {
    name: 'unknown compression',
    bytes: buildTiff([{ ...image, compression: 4711 }]).bytes,
    tag: 'unsupported-format',
    message: /directory 0 can't be read: compression 4711/,
  },
  {
    name: 'JPEG XL',
    bytes: buildTiff([{ ...image, compression: 50_002 }]).bytes,
    tag: 'unsupported-format',
    message: /directory 0 can't be read: JPEG XL \(compression 50002\)/,
  },
  {
    name: '12 bits',
    bytes: buildTiff([{ ...image, bits: 12 }]).bytes,
    tag: 'unsupported-format',
    message: /12 bits a sample/,
  },
  {
    name: 'planes of another meaning',
    bytes: buildTiff([
      {
        ...image,
        photometric: 5,
        chunks: [...image.chunks, ...image.chunks, ...image.chunks],
        tags: [{ tag: 284, type: 3, values: [2] }],
      },
    ]).bytes,
    tag: 'unsupported-format',
    message: /photometric interpretation 5 with 3 samples a pixel/,
  },
  {
    name: 'a plane that is missing',
    bytes: buildTiff([
      {
        ...image,
        chunks: [...image.chunks, ...image.chunks.map(() => undefined), ...image.chunks],
        tags: [{ tag: 284, type: 3, values: [2] }],
      },
    ]).bytes,
    use: readAll,
    tag: 'tile',
    message: /level 0, tile column 0, row 0 can't be read: .*a tile of 3 planes of which the file stores 2/,
  },
  {
    name: 'too few tiles for its planes',
    bytes: buildTiff([{ ...image, tags: [{ tag: 284, type: 3, values: [2] }] }]).bytes,
    tag: 'tiff',
    message: /need 18 tiles, 6 are listed/,
  },
  {
    name: 'planar 7',
    bytes: buildTiff([{ ...image, tags: [{ tag: 284, type: 3, values: [7] }] }]).bytes,
    tag: 'unsupported-format',
    message: /planar configuration 7/,
  },
  {
    name: 'fill order 2',
    bytes: buildTiff([{ ...image, tags: [{ tag: 266, type: 3, values: [2] }] }]).bytes,
    tag: 'unsupported-format',
    message: /fill order 2/,
  },
  {
    name: 'signed samples',
    bytes: buildTiff([{ ...image, tags: [{ tag: 339, type: 3, values: [2] }] }]).bytes,
    tag: 'unsupported-format',
    message: /sample format 2/,
  },
  {
    name: 'palette',
    bytes: buildTiff([{ ...image, photometric: 3 }]).bytes,
    tag: 'unsupported-format',
    message: /photometric interpretation 3/,
  },
  {
    name: 'tiles of gigabytes',
    bytes: buildTiff([{ ...image, tileWidth: 65_536, tileHeight: 65_536 }]).bytes,
    tag: 'unsupported-format',
    message: /tiles of 65536 x 65536 pixels, more than 100663296 bytes each/,
  },
  {
    name: 'too few tiles',
    bytes: setEntry(sound, { directory: 0, tag: 324 }, { count: 5 }),
    tag: 'tiff',
    message: /directory 0: 40 x 30 pixels need 6 tiles, 5 are listed/,
  },
  {
    name: 'too few tiles of a level',
    bytes: setEntry(aperio, { directory: 1, tag: 324 }, { count: 1 }),
    tag: 'tiff',
    message: /directory 1: 20 x 15 pixels need 2 tiles, 1 are listed/,
  },
  {
    name: 'tile past the end',
    bytes: withOffset(sound, 0, 2 ** 31),
    use: readAll,
    tag: 'tile',
    message: /level 0, tile column 1, row 0 can't be read: .*bytes 2147483648\.\.2147484416 asked, the source ends at/,
  },
  {
    name: 'tile past the end of a level',
    bytes: withOffset(sound, 1, 2 ** 31),
    use: readCorner,
    tag: 'tile',
    message: /level 1, tile column 1, row 0 can't be read/,
  },
  {
    name: 'tile that is cut',
    bytes: withOffset(sound, 0, sound.bytes.length - 10),
    use: readAll,
    tag: 'tile',
    message: /level 0, tile column 1, row 0 can't be read/,
  },
  {
    name: 'tile too short',
    bytes: buildTiff([
      { ...image, chunks: image.chunks.map((chunk, i) => (i === 4 ? chunk?.subarray(0, 100) : chunk)) },
    ]).bytes,
    use: readAll,
    tag: 'tile',
    message: /level 0, tile column 1, row 1 can't be read: uncompressed: 100 bytes decoded, 768 expected/,
  },
  {
    name: 'deflate of noise',
    bytes: buildTiff([{ ...image, compression: 8 }]).bytes,
    use: readAll,
    tag: 'tile',
    message: /level 0, tile column 0, row 0 can't be read: deflate: /,
  },
  {
    name: 'LZW of noise',
    bytes: buildTiff([{ ...image, compression: 5 }]).bytes,
    use: readAll,
    tag: 'tile',
    message: /level 0, tile column 0, row 0 can't be read: lzw: /,
  },
  {
    name: 'JPEG of noise',
    bytes: buildTiff([{ ...image, compression: 7 }]).bytes,
    use: readAll,
    tag: 'tile',
    message: /level 0, tile column 0, row 0 can't be read: jpeg: no start marker/,
  },
  {
    name: 'a level that does not exist',
    bytes: sound.bytes,
    use: readLevel(2),
    tag: 'level',
    message: /level 2 does not exist, the slide has levels 0 to 1/,
  },
  {
    name: 'a pixel size that is asked for',
    bytes: sound.bytes,
    use: (slide) => slide.readRegionAtMpp({ x: 0, y: 0, width: 4, height: 4, mpp: 1 }),
    tag: 'missing-mpp',
    message: /needs microns per pixel and the slide has none/,
  },
];

async function openAndUse(path: string, use: CorruptCase['use']): Promise<unknown> {
  await using slide = await openSlide(path);
  return await use?.(slide);
}

describe('corrupt files', () => {
  it.each(cases)('$name', async ({ name, bytes, use, tag, message }) => {
    const path = join(folder, `${name.replaceAll(' ', '-')}.tif`);
    writeFileSync(path, bytes);
    const error = await openAndUse(path, use).catch((caught: unknown) => caught);
    expect(error).toMatchObject({ tag });
    expect(error).toHaveProperty('message', expect.stringMatching(message));
    // Every message starts with the slide, and nothing stays open behind it.
    expect(error).toHaveProperty('message', expect.stringContaining(path));
    expect(getOpenHandles()).toEqual([]);
  });

  it('are what they are for their damage: the files themselves are sound', async () => {
    for (const [name, { bytes }] of Object.entries({ sound, big, aperio })) {
      const path = join(folder, `${name}.tif`);
      writeFileSync(path, bytes);
      await openAndUse(path, async (slide) => {
        await readAll(slide);
        await readLevel(1)(slide);
      });
    }
  });
});

describe('paths that are no files', () => {
  it('missing', async () => {
    const path = join(folder, 'nowhere.svs');
    await expect(openSlide(path)).rejects.toMatchObject({ tag: 'source', message: `${path}: no such file` });
  });

  it('a directory', async () => {
    mkdirSync(join(folder, 'slides.svs'));
    await expect(openSlide(join(folder, 'slides.svs'))).rejects.toThrow(/slides\.svs: is a directory/);
  });

  it('a named pipe, which no one writes to', async () => {
    const path = join(folder, 'pipe.svs');
    expect(spawnSync('mkfifo', [path]).status).toBe(0);
    await expect(openSlide(path)).rejects.toThrow(/pipe\.svs: is not a regular file/);
  });

  it('a device', async () => {
    await expect(openSlide('/dev/zero')).rejects.toThrow(/zero: is not a regular file/);
  });

  it('without permission', async () => {
    const path = join(folder, 'secret.svs');
    writeFileSync(path, sound.bytes, { mode: 0 });
    // Root may read everything, so it is somebody else for a moment.
    chmodSync(folder, 0o755);
    const root = process.geteuid?.() === 0;
    if (root) process.seteuid?.(65_534);
    try {
      await expect(openSlide(path)).rejects.toThrow(/secret\.svs: no permission to read it/);
    } finally {
      if (root) process.seteuid?.(0);
    }
  });

  it('options are checked before any of it', async () => {
    await expect(openSlide(join(folder, 'nowhere.svs'), { mpp: -1 })).rejects.toMatchObject({
      tag: 'option',
      option: 'mpp',
    });
  });
});

describe('a damaged page beside the scan', () => {
  const label = { ...createNoiseImage({ width: 6, height: 3, rowsPerStrip: 1 }), description: 'Aperio x\nlabel 6x3' };

  it('costs an Aperio slide its label, not itself', async () => {
    const tiff = buildTiff([{ ...image, description: 'Aperio x\n40x30' }, half, label]);
    const path = join(folder, 'label.tif');
    writeFileSync(path, setEntry(tiff, { directory: 2, tag: 273 }, { count: 1 }));
    await using slide = await openSlide(path);
    expect([slide.levels.length, slide.associatedImages]).toEqual([2, []]);
  });
});
