import { inflateSync } from 'node:zlib';
import { unfilterRows } from './kernels/unfilter-rows.ts';
import type { Raster } from './raster.ts';

const SIGNATURE = 0x89504e47;
/** Bytes of the signature, and of the length and type before a chunk's data and the sum behind it. */
const HEAD = 8;
const CHUNK = 12;
/** Colour types of grey and RGB without alpha. */
const CHANNELS: Readonly<Record<number, 1 | 3>> = { 0: 1, 2: 3 };
/** Pixels above it are none of a patch's. */
const MAX_BYTES = 64 * 2 ** 20;

/**
 * Decodes a PNG of 8-bit grey or RGB without interlacing, as the patch writers make them: with zlib alone, where sharp takes
 * 25 MB to load.
 * @returns undefined where it is something else, or damaged: sharp decides then
 */
export function decodePlainPng(file: Uint8Array): Raster | undefined {
  const view = new DataView(file.buffer, file.byteOffset, file.byteLength);
  if (file.length < HEAD + CHUNK + 13 || view.getUint32(0) !== SIGNATURE) return undefined;
  const [width, height] = [view.getUint32(HEAD + 8), view.getUint32(HEAD + 12)];
  const channels = CHANNELS[view.getUint8(HEAD + 17)];
  // Bits a sample, then compression, filter method and interlacing.
  const plain = view.getUint8(HEAD + 16) === 8 && view.getUint8(HEAD + 18) + view.getUint8(HEAD + 20) === 0;
  const parts = listPixelData(file, view);
  if (!parts || !channels || !plain || width * height === 0) return undefined;
  const stride = width * channels;
  const size = (stride + 1) * height;
  if (size > MAX_BYTES) return undefined;
  const rows = inflate(parts, size);
  if (rows?.length !== size || !unfilterRows(rows, { stride, step: channels })) return undefined;
  // In place, as each picture is garbage at once and V8 collects none before there are tens of megabytes of it.
  for (let y = 0; y < height; y++) rows.copyWithin(y * stride, y * (stride + 1) + 1, (y + 1) * (stride + 1));
  return { width, height, channels, data: rows.subarray(0, stride * height) };
}

/** @returns undefined where a chunk is there that changes what the pixels mean, or where chunks leave the file */
function listPixelData(file: Uint8Array, view: DataView): Uint8Array[] | undefined {
  const parts: Uint8Array[] = [];
  for (let at = HEAD; at + CHUNK <= file.length; ) {
    const length = view.getUint32(at);
    const type = String.fromCharCode(...file.subarray(at + 4, at + 8));
    if (at + CHUNK + length > file.length || type === 'tRNS') return undefined;
    if (type === 'IDAT') parts.push(file.subarray(at + 8, at + 8 + length));
    if (type === 'IEND') return parts;
    at += CHUNK + length;
  }
  return undefined;
}

function inflate(parts: readonly Uint8Array[], size: number): Uint8Array | undefined {
  try {
    return inflateSync(parts.length === 1 && parts[0] ? parts[0] : Buffer.concat(parts), {
      maxOutputLength: size,
      chunkSize: Math.max(64, size),
    });
  } catch {
    return undefined;
  }
}
