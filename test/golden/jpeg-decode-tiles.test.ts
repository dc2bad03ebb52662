import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { parseJpegHeader, parseJpegTables } from '../../src/io/kernels/jpeg-decode.ts';
import { createBufferSource } from '../../src/io/source/buffer-source.ts';
import { openTiff } from '../../src/io/tiff/open-tiff.ts';
import { COMPRESSION, PHOTOMETRIC } from '../../src/io/tiff/tags.ts';
import { readTiffImage, type TiffImage } from '../../src/io/tiff/tiff-image.ts';
import { describeWithShared, sharedPath } from '../support/shared-data.ts';
import {
  createBothDecoders,
  decodeWithSharp,
  findDifference,
  joinStream,
  readWhole,
  type StoredJpeg,
} from './jpeg-decode-support.ts';

// Tolerance 0: a slide's pixels must not depend on who decodes them. The oracle is libjpeg-turbo (in sharp), which OpenSlide
// and Pillow use too.
describeWithShared('JPEG tiles of real slides, kernel and twin against libjpeg-turbo', () => {
  it.each([
    ['data/wsi/CMU-1-Small-Region.svs', 205],
    ['data/wsi/CMU-1-Small-Region.jpeg.tiff', 108],
    ['data/wsi/ome-bfconvert/XYC_JPEG.ome.tiff', 16],
    ['golden/inputs/slide_combo.tif', 257],
  ])('%s: all %i', async (path, count) => {
    const tiles = await readTiles(path);
    expect(tiles.length).toBe(count);
    await expectEqualTiles(tiles);
  });

  // The second folder says JPEG 2000 in its name, and its files hold baseline JPEG.
  it.each([
    ['data/wsi/dicom-CMU-1-Small-Region-jpeg', 132],
    ['data/wsi/dicom-CMU-1-Small-Region-j2k', 132],
  ])('frames of %s: all %i', async (folder, count) => {
    const frames = listFiles(folder).flatMap((path) => readFrames(readFileSync(path)));
    expect(frames.length).toBe(count);
    await expectEqualTiles(frames.map(readWhole));
  });

  // Their tables and their colours (RGB) stand beside them, in .zarray.
  it('chunks of data/wsi/CMU-1-Small-Region-JPEG.zarr: all 130', async () => {
    const files = listFiles('data/wsi/CMU-1-Small-Region-JPEG.zarr');
    const array = files.find((path) => path.endsWith('.zarray')) ?? '';
    const { compressor } = JSON.parse(readFileSync(array, 'utf8')) as { compressor: { tables: string } };
    const tables = Buffer.from(compressor.tables, 'base64');
    const context = { tables: parseJpegTables(tables), colour: 'rgb' as const };
    const chunks = files.map((path) => readFileSync(path)).filter((bytes) => bytes[0] === 0xff && bytes[1] === 0xd8);
    expect(chunks.length).toBe(130);
    await expectEqualTiles(
      chunks.map((bytes) => {
        return { bytes, header: parseJpegHeader(bytes, context), whole: joinStream(bytes, tables, true) };
      }),
    );
  });

  it('single frames of data/wsi/codec-frames: all 3 of baseline, and none of the others is taken for it', async () => {
    const files = listFiles('data/wsi/codec-frames').filter((path) => path.endsWith('.jpg'));
    const baseline = files.filter((path) => path.includes('JPEG_Baseline'));
    expect(baseline.length).toBe(3);
    await expectEqualTiles(baseline.map((path) => readWhole(readFileSync(path))));
    const others = files.filter((path) => !baseline.includes(path)).map((path) => readFileSync(path));
    expect(others.length).toBe(5);
    for (const bytes of others) expect(parseJpegHeader(bytes).unsupported).toBeDefined();
  });

  // One JPEG a level, up to 3968 x 4864, with restart markers every eight rows.
  it('levels and macro of data/wsi/hamamatsu-DAPI-2-387.ndpi: all 5', async () => {
    const streams = readStreams(readFileSync(sharedPath('data/wsi/hamamatsu-DAPI-2-387.ndpi'))).map(readWhole);
    expect(streams.length).toBe(5);
    expect(streams.filter(({ header }) => header.restartInterval > 0).length).toBe(4);
    await expectEqualTiles(streams);
  });
});

async function expectEqualTiles(tiles: readonly StoredJpeg[]): Promise<void> {
  const { wasm, twin } = createBothDecoders();
  for (const [index, { bytes, header, whole }] of tiles.entries()) {
    expect(header.unsupported, `tile ${index}`).toBeUndefined();
    const decoded = wasm.decode(bytes, header);
    expect(findDifference(decoded, await decodeWithSharp(whole)), `tile ${index}, libjpeg-turbo`).toBe(0);
    // The twin takes its time: of many tiles it decodes some of each kind, of large ones none.
    if ((tiles.length > 100 && index % 5 > 0) || header.width * header.height > 4_000_000) continue;
    expect(findDifference(decoded, twin.decode(bytes, header)), `tile ${index}, twin`).toBe(0);
  }
}

/** Every different JPEG tile of every directory. */
async function readTiles(path: string): Promise<StoredJpeg[]> {
  const file = readFileSync(sharedPath(path));
  const source = createBufferSource(file, path);
  try {
    const tiff = await openTiff(source);
    const images = await Promise.all((tiff?.directories ?? []).map(readTiffImage));
    const jpegs = images.filter(({ compression }) => compression === COMPRESSION.Jpeg);
    return (await Promise.all(jpegs.map((image) => readTilesOf(image, file)))).flat();
  } finally {
    await source.close();
  }
}

async function readTilesOf(image: TiffImage, file: Uint8Array): Promise<StoredJpeg[]> {
  const rgb = image.photometric === PHOTOMETRIC.Rgb;
  const context = {
    tables: image.jpegTables && parseJpegTables(image.jpegTables),
    colour: rgb ? ('rgb' as const) : ('ycbcr' as const),
  };
  const { offsets, counts } = await image.readTileIndex();
  const places = new Map([...offsets].map((offset, i) => [offset, counts[i] ?? 0]));
  return [...places].map(([offset, count]) => {
    const bytes = file.subarray(offset, offset + count);
    const header = parseJpegHeader(bytes, context);
    return { bytes, header, whole: joinStream(bytes, image.jpegTables, header.colour === 'rgb') };
  });
}

/** Items of encapsulated pixel data (FFFE,E000), after the offset table, which comes first. */
function readFrames(file: Buffer): Uint8Array[] {
  const pixels = file.indexOf(Uint8Array.of(0xe0, 0x7f, 0x10, 0, 0x4f, 0x42, 0, 0, 0xff, 0xff, 0xff, 0xff));
  const frames: Uint8Array[] = [];
  for (let at = pixels + 12; pixels >= 0 && file.readUInt32LE(at) === 0xe000fffe; ) {
    const length = file.readUInt32LE(at + 4);
    frames.push(file.subarray(at + 8, at + 8 + length));
    at += 8 + length;
  }
  return frames.slice(1);
}

/** Complete JPEGs wherever they lie in a file, from each start to its end of image. */
function readStreams(file: Buffer): Uint8Array[] {
  const streams: Uint8Array[] = [];
  for (let at = 0; ; ) {
    const start = file.indexOf(Uint8Array.of(0xff, 0xd8, 0xff), at);
    if (start < 0) return streams;
    const end = file.indexOf(Uint8Array.of(0xff, 0xd9), start);
    at = end < 0 ? file.length : end + 2;
    streams.push(file.subarray(start, at));
  }
}

function listFiles(folder: string): string[] {
  const entries = readdirSync(sharedPath(folder), { recursive: true, withFileTypes: true });
  return entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
}
