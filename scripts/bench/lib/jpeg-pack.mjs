// The distinct JPEG tiles of a slide's first directory in one file, which C reads as easily as we do: see floor/decode.c.
import { readFileSync } from 'node:fs';
import { BenchError } from './alternate.mjs';

/** @returns the pack's bytes */
export async function packTiles(root, slide) {
  const load = (path) => import(new URL(`file://${root}/dist/io/${path}`).href);
  const [{ createBufferSource }, { openTiff }, { readTiffImage }] = await Promise.all(
    ['source/buffer-source.js', 'tiff/open-tiff.js', 'tiff/tiff-image.js'].map(load),
  );
  const file = readFileSync(slide);
  const source = createBufferSource(file, slide);
  const tiff = await openTiff(source);
  const image = await readTiffImage(tiff.directories[0]);
  const { offsets, counts } = await image.readTileIndex();
  await source.close();
  if (image.compression !== 7) throw new BenchError(`${slide} has no JPEG tiles`);
  const places = new Map([...offsets].map((offset, index) => [offset, counts[index]]));
  const tiles = [...places].map(([offset, count]) => file.subarray(offset, offset + count));
  const tables = image.jpegTables ?? new Uint8Array();
  const head = [word(tiles.length), word(image.photometric === 2 ? 1 : 0), word(tables.length), tables];
  return Buffer.concat([...head, ...tiles.flatMap((tile) => [word(tile.length), tile])]);
}

export function readPack(pack) {
  let at = 0;
  const readWord = () => {
    at += 4;
    return pack.readUInt32LE(at - 4);
  };
  const readBytes = (length) => {
    at += length;
    return pack.subarray(at - length, at);
  };
  const [count, rgb] = [readWord(), readWord() === 1];
  const tables = readBytes(readWord());
  const tiles = Array.from({ length: count }, () => readBytes(readWord()));
  return { rgb, tables, tiles };
}

function word(value) {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32LE(value);
  return bytes;
}
