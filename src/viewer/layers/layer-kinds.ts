import { basename, extname } from 'node:path';
import type { LayerKind, LayerRole } from './layer-file.ts';

const KINDS: Readonly<Record<string, LayerKind>> = {
  '.geojson': 'polygons',
  '.json': 'polygons',
  '.xml': 'polygons',
  '.ndpa': 'polygons',
  '.annotations': 'polygons',
  '.csv': 'patches',
  '.tif': 'picture',
  '.tiff': 'picture',
  '.dzi': 'picture',
};

/** Extensions that annotations have beside their slide; a `.json` there may be anything. */
export const ANNOTATION_EXTENSIONS = ['.geojson', '.xml', '.annotations'] as const;

/** By its name's ending; undefined for a file that is no layer, such as a record. */
export function getLayerKind(path: string): LayerKind | undefined {
  return /\.record\.json$/i.test(path) ? undefined : KINDS[extname(path).toLowerCase()];
}

/** A file's name without its extension; `a.ndpi.ndpa` is of `a.ndpi`. */
export function getLayerStem(path: string): string {
  const stem = basename(path, extname(path));
  return extname(path).toLowerCase() === '.ndpa' ? stem.replace(/\.ndpi$/i, '') : stem;
}

/** Of a file that nobody says more of. */
export const KIND_ROLES = {
  polygons: 'annotation',
  patches: 'attention',
  picture: 'mask',
} as const satisfies Record<LayerKind, LayerRole>;
