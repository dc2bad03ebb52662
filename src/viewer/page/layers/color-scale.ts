import { COLOR_MAP_NAMES, type ColorMapName, createColorTable } from '../../../inference/heatmap/color-maps.ts';

export { COLOR_MAP_NAMES, type ColorMapName };

/** What a number looks like. */
export interface ColorScale {
  readonly map: ColorMapName;
  /** Numbers at the ends of the map; what lies beyond has the colour of the end. */
  readonly range: readonly [number, number];
}

const tables = new Map<ColorMapName, Uint8Array>();

/** 256 colours of three bytes; the same array each time. */
export function getColorTable(map: ColorMapName): Uint8Array {
  const table = tables.get(map) ?? createColorTable(map);
  tables.set(map, table);
  return table;
}
