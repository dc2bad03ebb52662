import { deflateSync } from 'node:zlib';
import { createNoiseImage, type TinyImage, type TinyTag, TYPE } from '../tiny-tiff.ts';

/** A page and the pixels that it stores. */
export type NoisePage = TinyImage & { readonly pixels: Uint8Array };

export interface NoisePageOptions {
  readonly width: number;
  readonly height: number;
  /** Side of a tile, or both; without it the page is one strip. */
  readonly tile?: number | readonly [width: number, height: number] | undefined;
  readonly seed: number;
  readonly description?: string | undefined;
  readonly tags?: readonly TinyTag[];
  /** Tiles to leave out, by their number. */
  readonly missing?: readonly number[];
}

/** Noise in deflate: lossless, and OpenSlide 3.4.1 reads it, which it does not do for tiles without compression. */
export function createNoisePage(options: NoisePageOptions): NoisePage {
  const { width, height, tile, seed, description, tags = [], missing = [] } = options;
  const [tileWidth, tileHeight] = typeof tile === 'number' ? [tile, tile] : (tile ?? []);
  const tiles = tileWidth && tileHeight ? { tileWidth, tileHeight } : {};
  const image = createNoiseImage({ width, height, seed, ...tiles }, (raw) => deflateSync(raw));
  const chunks = image.chunks.map((chunk, index) => (missing.includes(index) ? undefined : chunk));
  return { ...image, chunks, compression: 8, ...(description === undefined ? {} : { description }), tags };
}

export function asciiTag(tag: number, text: string): TinyTag {
  return { tag, type: TYPE.ascii, values: [...Buffer.from(`${text}\0`, 'latin1')] };
}

/** Tag 700. */
export function xmpTag(text: string): TinyTag {
  return { tag: 700, type: TYPE.byte, values: [...Buffer.from(`${text}\0`, 'utf8')] };
}
