import { createRunDeflater, deflateRuns } from '../kernels/deflate-runs.ts';
import { countLabels, packBits } from '../kernels/mask-pixels.ts';
import type { PaintedTile } from './paint-tiles.ts';

/** Makes tiles into zlib streams, and counts their pixels. */
export interface TilePacker {
  /** The tile's bytes belong to the receiver. */
  pack(tile: PaintedTile): Uint8Array;
  /** Counts the pixels of a tile that are of the mask, once it is packed or need not be. */
  count(tile: PaintedTile): void;
  /** Pixels of each label. */
  readonly counts: Float64Array;
}

export function createTilePacker({ size, bits }: { size: number; bits: 1 | 8 }): TilePacker {
  const counts = new Float64Array(256);
  /** Of the tile that was packed last. */
  const values = new Float64Array(256);
  const stored = new Uint8Array((size * size * bits) / 8);
  const deflater = createRunDeflater(stored.length);
  return {
    counts,
    pack({ label, pixels }) {
      values.fill(0);
      if (label !== undefined)
        return deflateRuns(deflater, stored.fill(bits === 8 ? label : label === 0 ? 0 : 255), values);
      if (bits === 8) return deflateRuns(deflater, pixels, values);
      packBits(pixels, { width: size, rows: size }, stored);
      return deflateRuns(deflater, stored, values);
    },
    count({ label, pixels, inside }) {
      if (label !== undefined) {
        counts[label] = (counts[label] ?? 0) + inside;
        return;
      }
      if (bits === 1) countLabels(pixels, counts);
      else for (let value = 0; value < 256; value++) counts[value] = (counts[value] ?? 0) + (values[value] ?? 0);
      // What lies beyond the mask is 0 too.
      counts[0] = (counts[0] ?? 0) - (pixels.length - inside);
    },
  };
}

export function listCounts(counts: Float64Array): Map<number, number> {
  return new Map([...counts.entries()].filter(([, pixels]) => pixels > 0));
}
