import {
  createJpegEncoder,
  type JpegEncoder,
  type JpegEncoderOptions,
} from '../../../../src/io/kernels/jpeg-encode.ts';
import type { PixelBlock } from '../../../../src/io/kernels/pixel-block.ts';
import { createPngEncoder, type PngEncoder, type PngEncoderOptions } from '../../../../src/io/kernels/png-encode.ts';
import { createKernels, type Kernels } from '../../../../src/io/kernels/wasm-kernels.ts';

/** Pixels without gaps, as other encoders and decoders take and give them. */
export interface Picture {
  readonly name: string;
  readonly width: number;
  readonly height: number;
  readonly channels: 1 | 3;
  readonly data: Uint8Array;
}

const FILLS = {
  noise: (random: () => number) => random() * 256,
  extremes: (random: () => number) => (random() < 0.5 ? 0 : 255),
  flat: () => 243,
  gradient: (_: () => number, x: number, y: number, c: number) => 3 * x + 2 * y + 50 * c,
  /** Two rows again and again: each pair repeats the one above. */
  repeats: (_: () => number, x: number, y: number, c: number) => (y % 2 === 0 ? 37 * x + 60 * c : 200 - 11 * x),
  /** Flat glass with a little noise and a dark object: runs of zeros of every length. */
  glass: (random: () => number, x: number, y: number) =>
    x > 20 && x < 60 && y % 40 > 10 ? 90 + 40 * Math.sin(x / 3) : random() < 0.01 ? 242 : 243,
} as const;

export const FILL_NAMES = Object.keys(FILLS) as (keyof typeof FILLS)[];

export function createRandom(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
}

export function createPicture(
  fill: keyof typeof FILLS,
  { width, height, channels }: Pick<Picture, 'width' | 'height' | 'channels'>,
  seed = 1,
): Picture {
  const random = createRandom(seed);
  const data = new Uint8Array(width * height * channels);
  for (let y = 0, at = 0; y < height; y++)
    for (let x = 0; x < width; x++) for (let c = 0; c < channels; c++) data[at++] = FILLS[fill](random, x, y, c);
  return { name: `${fill} ${width} x ${height} x ${channels}`, width, height, channels, data };
}

/** Pictures of awkward sizes: not multiples of 8, 16 or anything else, below one vector, below one block. */
export function createPictures(sizes: readonly (readonly [number, number])[]): Picture[] {
  return FILL_NAMES.flatMap((fill) =>
    sizes.flatMap(([width, height], i) =>
      ([1, 3] as const).map((channels) => createPicture(fill, { width, height, channels }, i + 1)),
    ),
  );
}

export interface BothEncoders<E> {
  readonly twin: E;
  readonly wasm: E;
  /** The picture inside the kernels' memory, `gap` bytes after each row, with other bytes around it. */
  place(picture: Picture, gap: number): PixelBlock;
}

const MEMORY = 2 ** 25;

export function createBothPng(options: PngEncoderOptions): BothEncoders<PngEncoder> {
  const kernels = createKernels(MEMORY);
  const wasm = createPngEncoder(kernels, options);
  return { wasm, twin: createPngEncoder(undefined, options), place: createPlacing(kernels, options) };
}

export function createBothJpeg(options: JpegEncoderOptions): BothEncoders<JpegEncoder> {
  const kernels = createKernels(MEMORY);
  const wasm = createJpegEncoder(kernels, options);
  return { wasm, twin: createJpegEncoder(undefined, options), place: createPlacing(kernels, options) };
}

/** The picture at the very end of memory: a kernel that read on would trap. */
export function placeAtEnd(kernels: Kernels, { width, height, channels, data }: Picture): PixelBlock {
  const { buffer } = kernels.memory;
  const pixels = new Uint8Array(buffer, buffer.byteLength - data.length, data.length);
  pixels.set(data);
  return { pixels, pitch: width * channels, width, height, channels };
}

/** Of every width from 1 to 70. */
export function createNarrowPictures(): Picture[] {
  return Array.from({ length: 140 }, (_, i) =>
    createPicture('noise', { width: 1 + (i >> 1), height: 1 + (i % 5), channels: i % 2 === 0 ? 1 : 3 }, i),
  );
}

const BEFORE = 5;
const MAX_GAP = 64;

function createPlacing(kernels: Kernels, { maxWidth, maxHeight }: { maxWidth: number; maxHeight: number }) {
  const size = (3 * maxWidth + MAX_GAP) * maxHeight + 2 * BEFORE;
  const address = kernels.allocate(size);
  return ({ width, height, channels, data }: Picture, gap: number): PixelBlock => {
    const room = kernels.bytes(address, size).fill(170);
    const row = width * channels;
    const pitch = row + gap;
    for (let y = 0; y < height; y++) room.set(data.subarray(y * row, (y + 1) * row), BEFORE + y * pitch);
    const pixels = room.subarray(BEFORE, BEFORE + (height - 1) * pitch + row);
    return { pixels, pitch, width, height, channels };
  };
}
