import type { PixelBlock } from './pixel-block.ts';
import type { DensityMapTables } from './stain-map-tables.ts';
import * as plain from './stain-plain.ts';

/** Pixels in a call of a kernel: they pass through the cache. */
export const STRIP_PIXELS = 8192;
/** Numbers that `sum` fills. */
export const SUMS = 9;

/** The loops over at most `STRIP_PIXELS` pixels; see `StainLoops`. */
export interface StripLoops {
  /** Fills `sums` and returns how many pixels were added; `pairs` has each level's density and its square. */
  sum(strip: Uint8Array, pairs: Float64Array, brightest: number, sums: Float64Array): number;
  /** Fills `found`, which has room for all pixels, and returns how many were found. */
  find(strip: Uint8Array, tables: Float32Array, found: Uint32Array): number;
  /** Of any number of pixels. */
  map(rgb: Uint8Array, out: Uint8Array, tables: DensityMapTables): void;
  mapRows(block: PixelBlock, tables: DensityMapTables, out: PixelBlock): void;
}

export const PLAIN_STRIPS: StripLoops = {
  sum: plain.sumDensities,
  find: plain.findTails,
  map: plain.mapDensities,
  mapRows({ pixels, pitch, width, height }, tables, out) {
    for (let row = 0; row < height; row++) {
      const from = pixels.subarray(row * pitch, row * pitch + 3 * width);
      plain.mapDensities(from, out.pixels.subarray(row * out.pitch, row * out.pitch + 3 * width), tables);
    }
  },
};
