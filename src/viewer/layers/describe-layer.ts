import type { PatchLayerFacts, PictureLayerFacts, PolygonLayerFacts } from '../contract.ts';
import { findDownsample, type Overlay } from '../overlays/open-overlay.ts';
import type { LayerFile } from './layer-file.ts';
import { chooseShown } from './patches/patch-columns.ts';
import { type PatchSet, ROWS_CHUNK } from './patches/read-patches.ts';
import type { PolygonSet } from './polygons/read-polygons.ts';

export function describePolygons(
  { name, title, version, role }: LayerFile,
  { classes, polygons, points, notices }: PolygonSet,
): PolygonLayerFacts {
  const drawn = role === 'drawn';
  return { kind: 'polygons', name, title, shown: true, version, notices, classes, polygons, points, drawn };
}

/** @param shown where no picture shows the same */
export function describePatches(
  { name, title, version }: LayerFile,
  { count, columns, notices }: PatchSet,
  shown: boolean,
): PatchLayerFacts {
  return {
    ...{ kind: 'patches', name, title, shown, version, notices, count, chunk: ROWS_CHUNK },
    columns: columns.map((column) => ({ name: column.name, range: column.range })),
    shownColumn: chooseShown(columns.map((column) => column.name)),
  };
}

export function describePicture(
  { name, title, version }: LayerFile,
  overlay: Overlay,
  slide: { readonly width: number; readonly height: number },
): PictureLayerFacts {
  const { grid, labels, legend } = overlay;
  const { width, height, tileSize, levels } = grid;
  return {
    ...{
      kind: 'picture',
      name,
      title: legend ? `${title}: ${legend.title}` : title,
      shown: true,
      version,
      notices: [],
    },
    ...{ width, height, tileSize, levels: levels.length, labels, legend },
    downsample: findDownsample(overlay, slide),
  };
}
