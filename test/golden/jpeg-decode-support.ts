import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { expect } from 'vitest';
import { sharp } from '../../src/io/codec/sharp.ts';
import {
  createJpegDecoder,
  type JpegDecoder,
  type JpegHeader,
  parseJpegHeader,
} from '../../src/io/kernels/jpeg-decode.ts';
import { createKernels } from '../../src/io/kernels/wasm-kernels.ts';
import type { Raster } from '../../src/io/raster.ts';
import { ROOT } from '../support/shared-data.ts';

/** Debian's interpreter: python3-pil, python3-numpy and python3-opencv belong to it. */
const PYTHON = '/usr/bin/python3';
const SCRIPT = join(ROOT, 'test/golden/jpeg_decode_oracle.py');

export const hasPythonOracle = spawnSync(PYTHON, ['-c', 'import PIL, numpy, cv2']).status === 0;

/** Runs the oracle's script and returns what it printed. */
export function runPythonOracle(...args: string[]): string {
  const { status, stdout, stderr } = spawnSync(PYTHON, [SCRIPT, ...args], { encoding: 'utf8', maxBuffer: 2 ** 26 });
  if (status !== 0) throw new Error(`the oracle failed: ${stderr}`);
  return stdout;
}

/** Both implementations, the kernel with 64 MB. */
export function createBothDecoders(): { wasm: JpegDecoder; twin: JpegDecoder } {
  return { wasm: createJpegDecoder(createKernels(2 ** 26)), twin: createJpegDecoder() };
}

/** libjpeg-turbo's pixels, through sharp: RGB or grey. */
export async function decodeWithSharp(jpeg: Uint8Array): Promise<Raster> {
  const { channels } = await sharp(jpeg).metadata();
  const image = sharp(jpeg, { failOn: 'warning' })
    .toColourspace(channels === 1 ? 'b-w' : 'srgb')
    .raw();
  const { data, info } = await image.toBuffer({ resolveWithObject: true });
  return { width: info.width, height: info.height, channels: channels === 1 ? 1 : 3, data };
}

/** The largest difference of two rasters, which must be of one size; checked a word at a time. */
export function findDifference(a: Raster, b: Raster): number {
  expect([b.width, b.height, b.channels]).toEqual([a.width, a.height, a.channels]);
  if (Buffer.compare(a.data, b.data) === 0) return 0;
  return a.data.reduce((most, value, i) => Math.max(most, Math.abs(value - (b.data[i] ?? 0))), 0);
}

/** A JPEG of a container, with what the container says of it. */
export interface StoredJpeg {
  readonly bytes: Uint8Array;
  readonly header: JpegHeader;
  /** Complete, with tables and a colour marker, for other decoders. */
  readonly whole: Uint8Array;
}

/** Joins an abbreviated stream with its tables; `rgb` adds the Adobe segment that libjpeg needs to leave colours alone. */
export function joinStream(bytes: Uint8Array, tables: Uint8Array | undefined, rgb: boolean): Uint8Array {
  const adobe = rgb ? Uint8Array.of(0xff, 0xee, 0, 14, 0x41, 0x64, 0x6f, 0x62, 0x65, 0, 100, 0, 0, 0, 0, 0) : [];
  const shared = tables ? tables.subarray(2, tables.length - 2) : [];
  return Buffer.concat([bytes.subarray(0, 2), Uint8Array.from(adobe), Uint8Array.from(shared), bytes.subarray(2)]);
}

/** A stream that stands alone. */
export function readWhole(bytes: Uint8Array): StoredJpeg {
  return { bytes, header: parseJpegHeader(bytes), whole: bytes };
}
