import { createRunDeflater, deflateRuns } from '../kernels/deflate-runs.ts';
import { countRuns, createPixelRuns, endRuns, packToRuns } from '../kernels/pixel-runs.ts';
import type { PaintedTile } from './paint-tiles.ts';

/** Makes tiles into zlib streams, and counts their pixels. */
export interface TilePacker {
  /** The tile's bytes belong to the receiver. */
  pack(tile: PaintedTile): Uint8Array;
  /** Counts the pixels of a tile that are of the mask. */
  count(tile: PaintedTile): void;
  /** Pixels of each label. */
  readonly counts: Float64Array;
}

export function createTilePacker({ size, bits }: { size: number; bits: 1 | 8 }): TilePacker {
  const counts = new Float64Array(256);
  const length = (size * size * bits) / 8;
  const deflater = createRunDeflater(length);
  const bytes = createPixelRuns();
  return {
    counts,
    pack({ label, runs }) {
      if (label === undefined && bits === 8) return deflateRuns(deflater, runs);
      if (label === undefined) packToRuns(runs, bytes);
      else {
        bytes.count = 0;
        endRuns(bytes, length, bits === 8 ? label : label === 0 ? 0 : 255);
      }
      return deflateRuns(deflater, bytes);
    },
    count({ label, runs, inside }) {
      if (label !== undefined) {
        counts[label] = (counts[label] ?? 0) + inside;
        return;
      }
      countRuns(runs, counts);
      // What lies beyond the mask is 0 too.
      counts[0] = (counts[0] ?? 0) - (size * size - inside);
    },
  };
}

export function listCounts(counts: Float64Array): Map<number, number> {
  return new Map([...counts.entries()].filter(([, pixels]) => pixels > 0));
}
