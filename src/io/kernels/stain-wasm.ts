import { OptionError } from '../../utils/errors.ts';
import { getGlassFactor } from './blend-glass.ts';
import { type DensityMapTables, MAP_TABLE_LENGTH } from './stain-map-tables.ts';
import { STRIP_PIXELS, type StripLoops, SUMS } from './stain-strips.ts';
import type { Kernels } from './wasm-kernels.ts';

/** Lays out 68 KiB of the kernels' memory. Pixels that lie in it already are not copied. */
export function createWasmStrips(kernels: Kernels): StripLoops {
  const strip = kernels.allocate(3 * STRIP_PIXELS);
  const found = kernels.allocate(4 * STRIP_PIXELS + 16);
  const sums = kernels.allocate(8 * SUMS);
  const table = kernels.allocate(4 * MAP_TABLE_LENGTH);
  const mapTable = kernels.getMapTables();
  /** The address of the pixels: their own, or that of the strip, where they are copied to. */
  const place = (pixels: Uint8Array): number => {
    if (pixels.buffer === kernels.memory.buffer) return pixels.byteOffset;
    kernels.bytes(strip, pixels.length).set(pixels);
    return strip;
  };
  /** Makes ready the map of pixels to their changed ones, both `[address, pitch]`. */
  const prepareMap = ({ rounded, factors, offset, over, glass }: DensityMapTables) => {
    new Float32Array(kernels.memory.buffer, mapTable, MAP_TABLE_LENGTH).set(rounded);
    new Float64Array(kernels.memory.buffer, mapTable + rounded.byteLength, MAP_TABLE_LENGTH).set(factors);
    return (from: Rows, to: Rows, width: number, height: number): void => {
      if (!glass) kernels.mapDensities(...from, ...to, width, height, offset, over);
      else {
        const range = [glass.tissue, glass.glass, getGlassFactor(glass)] as const;
        kernels.mapDensitiesButGlass(...from, ...to, width, height, offset, over, ...range);
      }
    };
  };
  return {
    sum(pixels, pairs, brightest, out) {
      new Float64Array(kernels.memory.buffer, table, pairs.length).set(pairs);
      const count = kernels.sumDensities(place(pixels), pixels.length / 3, table, brightest, sums, found);
      out.set(new Float64Array(kernels.memory.buffer, sums, SUMS));
      return count;
    },
    find(pixels, tables, out) {
      new Float32Array(kernels.memory.buffer, table, tables.length).set(tables);
      const count = kernels.findTails(place(pixels), pixels.length / 3, table, found);
      out.set(new Uint32Array(kernels.memory.buffer, found, count));
      return count;
    },
    map(rgb, out, tables) {
      const run = prepareMap(tables);
      const inside = rgb.buffer === kernels.memory.buffer && out.buffer === rgb.buffer;
      if (inside) {
        run([rgb.byteOffset, 0], [out.byteOffset, 0], rgb.length / 3, 1);
        return;
      }
      for (let from = 0; from < rgb.length; from += 3 * STRIP_PIXELS) {
        const pixels = rgb.subarray(from, from + 3 * STRIP_PIXELS);
        run([place(pixels), 0], [strip, 0], pixels.length / 3, 1);
        out.set(kernels.bytes(strip, pixels.length), from);
      }
    },
    mapRows({ pixels, pitch, width, height }, tables, out) {
      for (const { buffer } of [pixels, out.pixels])
        if (buffer !== kernels.memory.buffer)
          throw new OptionError('pixels', "a view of the kernels' own memory", buffer);
      prepareMap(tables)([pixels.byteOffset, pitch], [out.pixels.byteOffset, out.pitch], width, height);
    },
  };
}

type Rows = readonly [address: number, pitch: number];
