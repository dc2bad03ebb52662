import { encodeLzw } from '../../src/io/tiff/writer/encode-lzw.ts';
import { createNoise, type TinyImage } from './tiny-tiff.ts';

/** How the samples of an image are stored. */
export interface SampleLayout {
  readonly width: number;
  readonly height: number;
  readonly samples: number;
  readonly bits: 8 | 16;
  readonly bigEndian?: boolean;
  /** One plane per sample. */
  readonly planar?: boolean;
  /** Horizontal differences (predictor 2). */
  readonly differences?: boolean;
  readonly lzw?: boolean;
  /** Tiles of this size; without it strips of 7 rows. */
  readonly tile?: number;
}

/** An image in any layout, and its samples: interleaved, as numbers. */
export function createLayeredImage(layout: SampleLayout): TinyImage & { readonly values: Uint16Array } {
  const { width, height, samples, bits, planar = false, tile } = layout;
  const low = createNoise(width * height * samples, 5);
  const high = createNoise(width * height * samples, 6);
  const values = Uint16Array.from(low, (value, i) => (bits === 8 ? value : value | ((high[i] ?? 0) << 8)));
  const groups = planar
    ? Array.from({ length: samples }, (_, s) => [s])
    : [Array.from({ length: samples }, (_, s) => s)];
  const chunks = groups.flatMap((group) => listChunks(layout, values, group));
  const short = (tag: number, value: number) => ({ tag, type: 3, values: [value] });
  return {
    ...{ width, height, samples, bits, chunks, values },
    ...(tile === undefined ? { rowsPerStrip: 7 } : { tileWidth: tile, tileHeight: tile }),
    compression: layout.lzw ? 5 : 1,
    tags: [short(284, planar ? 2 : 1), ...(layout.differences ? [short(317, 2)] : [])],
  };
}

function listChunks(layout: SampleLayout, values: Uint16Array, group: readonly number[]): Uint8Array[] {
  const { width, height, tile, lzw } = layout;
  const [chunkWidth, chunkHeight] = [tile ?? width, tile ?? 7];
  const chunks: Uint8Array[] = [];
  for (let top = 0; top < height; top += chunkHeight) {
    for (let left = 0; left < width; left += chunkWidth) {
      const rows = tile ?? Math.min(chunkHeight, height - top);
      const raw = packChunk(layout, values, { left, top, width: chunkWidth, rows, group });
      chunks.push(lzw ? encodeLzw(raw) : raw);
    }
  }
  return chunks;
}

function packChunk(
  { width, height, samples, bits, bigEndian = false, differences }: SampleLayout,
  values: Uint16Array,
  at: { left: number; top: number; width: number; rows: number; group: readonly number[] },
): Uint8Array {
  const bytes = bits / 8;
  const raw = new Uint8Array(at.width * at.rows * at.group.length * bytes);
  const view = new DataView(raw.buffer);
  let to = 0;
  for (let y = at.top; y < at.top + at.rows; y++) {
    for (let x = at.left; x < at.left + at.width; x++) {
      for (const s of at.group) {
        const read = (column: number) =>
          y < height && column < width && column >= at.left ? (values[(y * width + column) * samples + s] ?? 0) : 0;
        const value = differences ? read(x) - read(x - 1) : read(x);
        if (bits === 8) view.setUint8(to, value & 255);
        else view.setUint16(to, value & 65_535, !bigEndian);
        to += bytes;
      }
    }
  }
  return raw;
}

/** Samples as they are shown: 8 bits, 16 of them to the nearest of 256 levels. */
export function showValues(values: Uint16Array, bits: 8 | 16): Uint8Array {
  return Uint8Array.from(values, (value) => (bits === 8 ? value : Math.floor((value + 128) / 257)));
}
