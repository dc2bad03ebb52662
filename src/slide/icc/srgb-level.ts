import { applyTableToRaster } from '../../io/icc/convert-raster.ts';
import type { ColorTable } from '../../io/icc/srgb-table.ts';
import type { Raster } from '../../io/raster.ts';
import { withSamples } from '../samples/window-level.ts';
import type { BackingLevel } from '../slide-format.ts';

/** A level whose pixels are brought to sRGB; its samples and its stored tiles are what they were. */
export function createSrgbLevel(level: BackingLevel, getTable: () => Promise<ColorTable>): BackingLevel {
  const { runs } = level;
  // Some backings keep a tile and hand out the same pixels again and again: these are converted once.
  const converted = new WeakMap<Raster, Raster>();
  return {
    ...level,
    readSamples: withSamples(level).readSamples,
    async decodeTile(col, row) {
      const [table, tile] = await Promise.all([getTable(), level.decodeTile(col, row)]);
      if (!tile) return undefined;
      const known = converted.get(tile) ?? applyTableToRaster(tile, table);
      converted.set(tile, known);
      return known;
    },
    ...(runs && {
      runs: {
        length: runs.length,
        async decode(col, row, count) {
          const [table, run] = await Promise.all([getTable(), runs.decode(col, row, count)]);
          return applyTableToRaster(run, table);
        },
      },
    }),
    ...(level.describeTiles && {
      async describeTiles() {
        const tiles = await level.describeTiles?.();
        return tiles && { ...tiles, colors: await getTable() };
      },
    }),
  };
}
