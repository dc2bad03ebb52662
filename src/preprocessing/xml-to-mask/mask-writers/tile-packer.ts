import { constants, deflateSync } from 'node:zlib';
import { countLabels, packBits } from '../kernels/mask-pixels.ts';
import type { PaintedTile } from './paint-tiles.ts';

/**
 * Masks are runs: looking for nothing else takes a fifth of the time of zlib's middle level, and gives fewer bytes than its
 * first.
 */
export const RUN_DEFLATE = { level: 1, strategy: constants.Z_RLE } as const;

export interface TilePacker {
  /** A tile as a zlib stream; the bytes belong to the receiver. */
  pack(tile: PaintedTile): Uint8Array;
  /** Pixels of each label of the tiles that were counted. */
  readonly counts: Float64Array;
  /** Counts a tile's pixels that are of the mask. */
  count(tile: PaintedTile): void;
}

export function createTilePacker({ size, bits }: { size: number; bits: 1 | 8 }): TilePacker {
  const counts = new Float64Array(256);
  const packed = new Uint8Array((size / 8) * size);
  const uniform = new Uint8Array(size * size);
  return {
    counts,
    pack({ label, pixels }) {
      const labels = label === undefined ? pixels : uniform.fill(label);
      if (bits === 8) return deflateSync(labels, RUN_DEFLATE);
      packBits(labels, { width: size, rows: size }, packed);
      return deflateSync(packed, RUN_DEFLATE);
    },
    count({ label, pixels, inside }) {
      if (label !== undefined) {
        counts[label] = (counts[label] ?? 0) + inside;
        return;
      }
      countLabels(pixels, counts);
      // What lies beyond the mask is 0 too.
      counts[0] = (counts[0] ?? 0) - (pixels.length - inside);
    },
  };
}

export function listCounts(counts: Float64Array): Map<number, number> {
  return new Map([...counts.entries()].filter(([, pixels]) => pixels > 0));
}
