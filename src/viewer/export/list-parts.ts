import { sha256 } from '../../utils/hash.ts';
import { VERSION } from '../../utils/version.ts';
import type { LayerFacts, PatchLayerFacts } from '../contract.ts';
import { createFilePart, type ExportPart, type FileGroup } from './export-part.ts';
import { getSlideFolder } from './export-record.ts';
import { measureLevel, type Pyramid } from './limit-levels.ts';
import type { ExportSettings } from './options.ts';
import type { SlideContents } from './read-contents.ts';

/** The parts of a slide, the largest first: addresses of the server, all of them. */
export function listParts(
  { facts, layers }: Pick<SlideContents, 'facts' | 'layers'>,
  { quality }: Pick<ExportSettings, 'quality'>,
): ExportPart[] {
  const folder = getSlideFolder(facts.id);
  const createKey = (...facts: readonly unknown[]) => sha256(JSON.stringify([VERSION, ...facts])).slice(0, 16);
  const grid: Pyramid = { ...facts.deepZoom, width: facts.width, height: facts.height };
  const tiles = listTiles(grid, facts.deepZoom.stored);
  const made = [facts.deepZoom.stored, quality];
  const pictures = createKey(facts.version, quality);
  const key = createKey(facts.version, ...made);
  return [
    createTilePart(`${folder}_files`, { key, tiles, format: 'jpg' }),
    ...facts.views.flatMap(({ name, version }) => {
      const path = `${folder}/views/${name}`;
      const tilesKey = createKey(version, ...made);
      return [
        createTilePart(`${path}_files`, { key: tilesKey, tiles, format: 'jpg' }),
        createFilePart(`${path}.json`, createKey(version)),
      ];
    }),
    createFilePart(`${folder}/thumbnail.jpg`, pictures),
    ...facts.associated.map((name) => createFilePart(`${folder}/associated/${name}.jpg`, pictures)),
    ...layers.layers.flatMap((layer) => listLayerParts(folder, layer, createKey(layer.version))),
  ];
}

function listLayerParts(folder: string, layer: LayerFacts, key: string): ExportPart[] {
  const { kind, name } = layer;
  if (kind === 'picture') {
    const levels = Array.from({ length: layer.levels }, (_, level) => level);
    const tiles = listTiles(layer, levels);
    return [
      createTilePart(`${folder}/overlays/${name}_files`, { key: `${key}-${layer.levels}`, tiles, format: 'png' }),
    ];
  }
  if (kind === 'polygons')
    return ['bin', 'geojson'].map((ending) => createFilePart(`${folder}/polygons/${name}.${ending}`, key));
  return [createPatchPart(`${folder}/patches/${name}`, layer, key)];
}

function createPatchPart(path: string, { count, chunk, columns }: PatchLayerFacts, key: string): ExportPart {
  const groups: FileGroup[] = [
    { count: 1, getPath: () => `${path}/boxes.bin` },
    { count: columns.length, getPath: (index) => `${path}/columns/${index}.bin` },
    { count: Math.ceil(count / chunk), getPath: (index) => `${path}/rows/${index}.json` },
  ];
  return { path, key, halving: false, groups };
}

interface TileLevel {
  readonly level: number;
  readonly columns: number;
  readonly rows: number;
}

/** Finest first. */
function listTiles(grid: Pyramid, levels: readonly number[]): TileLevel[] {
  return levels.map((level) => ({ level, ...measureLevel(grid, level) })).reverse();
}

function createTilePart(
  path: string,
  { key, tiles, format }: { key: string; tiles: readonly TileLevel[]; format: string },
): ExportPart {
  const groups = tiles.map(({ level, columns, rows }) => ({
    count: columns * rows,
    getPath: (index: number) => `${path}/${level}/${index % columns}_${Math.floor(index / columns)}.${format}`,
  }));
  return { path, key, halving: true, groups };
}
