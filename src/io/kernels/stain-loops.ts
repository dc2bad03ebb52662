import { checkInteger } from '../../utils/options.ts';
import { checkBlock, type PixelBlock } from './pixel-block.ts';
import type { DensityMapTables } from './stain-map-tables.ts';
import { PLAIN_STRIPS, STRIP_PIXELS, SUMS } from './stain-strips.ts';
import { createWasmStrips } from './stain-wasm.ts';
import type { Kernels } from './wasm-kernels.ts';

const LEVELS = 256;
const TAIL_TABLE_LENGTH = 3 * LEVELS * 4;

/**
 * What stain normalisation asks of every pixel. RGB is interleaved, 8 bits, and lies anywhere; the kernels work in place on what
 * lies in their own memory. With kernels and without, the same numbers come out.
 */
export interface StainLoops {
  /**
   * Sums over the pixels none of whose channels is above `brightest`: of the density of R and its square, of G, of B, then of
   * R G, R B and G B. `density` has a number for each level. Returned with the count.
   */
  sumDensities(rgb: Uint8Array, density: Float64Array, brightest: number): { count: number; sums: Float64Array };
  /**
   * The pixels of which one of four sums over their channels is below 0, in their order: R, G, B and in the high byte a bit
   * for each such sum. `tables` has four numbers for each level, of R, then G, then B. Sums are rounded to float32 or not: what
   * lies within that of 0 may be missing.
   */
  findTails(rgb: Uint8Array, tables: Float32Array): Uint32Array;
  /** Writes to `out`, which has the length of `rgb` and may be the same. */
  mapDensities(rgb: Uint8Array, out: Uint8Array, tables: DensityMapTables): void;
  /** The same for pixels in a larger picture: in place, or into another block of the same size. */
  mapBlock(block: PixelBlock, tables: DensityMapTables, out?: PixelBlock): void;
}

/** Lays out 100 KiB of the kernels' memory. Without `kernels` it works in plain TypeScript, some five times slower. */
export function createStainLoops(kernels: Kernels | undefined): StainLoops {
  const { sum, find, map, mapRows } = kernels ? createWasmStrips(kernels) : PLAIN_STRIPS;
  return {
    sumDensities(rgb, density, brightest) {
      checkInteger('density.length', density.length, { min: LEVELS, max: LEVELS });
      const pairs = new Float64Array(2 * LEVELS);
      for (const [level, value] of density.entries()) pairs.set([value, value * value], 2 * level);
      const total = { count: 0, sums: new Float64Array(SUMS) };
      const part = new Float64Array(SUMS);
      for (const strip of listStrips(rgb)) {
        total.count += sum(strip, pairs, brightest, part);
        for (let i = 0; i < SUMS; i++) total.sums[i]! += part[i]!;
      }
      return total;
    },
    findTails(rgb, tables) {
      checkInteger('tables.length', tables.length, { min: TAIL_TABLE_LENGTH, max: TAIL_TABLE_LENGTH });
      let found = new Uint32Array(Math.min(rgb.length / 3, 2 * STRIP_PIXELS));
      let count = 0;
      for (const strip of listStrips(rgb)) {
        if (found.length < count + strip.length / 3) found = enlarge(found, count + strip.length / 3);
        count += find(strip, tables, found.subarray(count));
      }
      return found.subarray(0, count);
    },
    mapDensities(rgb, out, tables) {
      checkInteger('out.length', out.length, { min: rgb.length, max: rgb.length });
      map(rgb, out, tables);
    },
    mapBlock(block, tables, out = block) {
      checkBlock(block);
      checkInteger('channels', block.channels, { min: 3, max: 3 });
      if (out !== block) checkSameSize(out, block);
      mapRows(block, tables, out);
    },
  };
}

function checkSameSize(out: PixelBlock, { width, height, channels }: PixelBlock): void {
  checkBlock(out);
  checkInteger('out.width', out.width, { min: width, max: width });
  checkInteger('out.height', out.height, { min: height, max: height });
  checkInteger('out.channels', out.channels, { min: channels, max: channels });
}

function* listStrips(rgb: Uint8Array): Generator<Uint8Array> {
  for (let from = 0; from < rgb.length; from += 3 * STRIP_PIXELS) yield rgb.subarray(from, from + 3 * STRIP_PIXELS);
}

function enlarge(found: Uint32Array<ArrayBuffer>, least: number): Uint32Array<ArrayBuffer> {
  const larger = new Uint32Array(Math.max(least, 2 * found.length));
  larger.set(found);
  return larger;
}
