import { OptionError } from '../../utils/errors.ts';
import { type DensityMapTables, MAP_TABLE_LENGTH } from './stain-map-tables.ts';
import { STRIP_PIXELS, type StripLoops, SUMS } from './stain-strips.ts';
import type { Kernels } from './wasm-kernels.ts';

/** Lays out 96 KiB of the kernels' memory. Pixels that lie in it already are not copied. */
export function createWasmStrips(kernels: Kernels): StripLoops {
  const strip = kernels.allocate(3 * STRIP_PIXELS);
  const found = kernels.allocate(4 * STRIP_PIXELS + 16);
  const sums = kernels.allocate(8 * SUMS);
  const table = kernels.allocate(12 * MAP_TABLE_LENGTH);
  /** The address of the pixels: their own, or that of the strip, where they are copied to. */
  const place = (pixels: Uint8Array): number => {
    if (pixels.buffer === kernels.memory.buffer) return pixels.byteOffset;
    kernels.bytes(strip, pixels.length).set(pixels);
    return strip;
  };
  const placeMap = ({ rounded, factors }: DensityMapTables): void => {
    new Float32Array(kernels.memory.buffer, table, MAP_TABLE_LENGTH).set(rounded);
    new Float64Array(kernels.memory.buffer, table + rounded.byteLength, MAP_TABLE_LENGTH).set(factors);
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
      placeMap(tables);
      const { offset, over } = tables;
      const inside = rgb.buffer === kernels.memory.buffer && out.buffer === rgb.buffer;
      if (inside) {
        kernels.mapDensities(rgb.byteOffset, 0, out.byteOffset, 0, rgb.length / 3, 1, table, offset, over);
        return;
      }
      for (let from = 0; from < rgb.length; from += 3 * STRIP_PIXELS) {
        const pixels = rgb.subarray(from, from + 3 * STRIP_PIXELS);
        kernels.mapDensities(place(pixels), 0, strip, 0, pixels.length / 3, 1, table, offset, over);
        out.set(kernels.bytes(strip, pixels.length), from);
      }
    },
    mapRows({ pixels, pitch, width, height }, tables, out) {
      for (const { buffer } of [pixels, out.pixels])
        if (buffer !== kernels.memory.buffer)
          throw new OptionError('pixels', "a view of the kernels' own memory", buffer);
      placeMap(tables);
      const [from, to] = [pixels.byteOffset, out.pixels.byteOffset];
      kernels.mapDensities(from, pitch, to, out.pitch, width, height, table, tables.offset, tables.over);
    },
  };
}
