import { readdirSync, readFileSync } from 'node:fs';
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
    ['data/wsi/CMU-1-Small-Region.svs', 130],
    ['data/wsi/CMU-1-Small-Region.jpeg.tiff', 100],
    ['data/wsi/ome-bfconvert/XYC_JPEG.ome.tiff', 16],
    ['golden/inputs/slide_combo.tif', 200],
  ])('%s', async (path, least) => {
    const tiles = await readTiles(path);
    expect(tiles.length).toBeGreaterThanOrEqual(least);
    await expectEqualTiles(tiles);
  });

  it('frames of a DICOM slide', async () => {
    const folder = sharedPath('data/wsi/dicom-CMU-1-Small-Region-jpeg');
    const frames = readdirSync(folder).flatMap((name) => readFrames(readFileSync(`${folder}/${name}`)));
    expect(frames.length).toBeGreaterThan(100);
    await expectEqualTiles(frames.map(readWhole));
  });
});

async function expectEqualTiles(tiles: readonly StoredJpeg[]): Promise<void> {
  const { wasm, twin } = createBothDecoders();
  for (const [index, { bytes, header, whole }] of tiles.entries()) {
    expect(header.unsupported).toBeUndefined();
    const decoded = wasm.decode(bytes, header);
    expect(findDifference(decoded, await decodeWithSharp(whole)), `tile ${index}, libjpeg-turbo`).toBe(0);
    // The twin takes its time: of many tiles, it decodes some of each kind.
    if (tiles.length > 150 && index % 5 > 0) continue;
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
