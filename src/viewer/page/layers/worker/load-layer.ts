import { fetchAnswer } from '../../data/fetch-json.ts';
import { createPatchIndex, type PatchIndex, readColumn } from '../patches/patch-index.ts';
import { type Order, rankPatches } from '../patches/rank-patches.ts';
import { parsePolygons } from '../polygons/parse-polygons.ts';
import { createPolygonIndex, type PolygonIndex } from '../polygons/polygon-index.ts';
import type { LayerFiles } from './messages.ts';

/** A layer in the worker's memory. */
export type LoadedLayer = LoadedPatches | ({ readonly kind: 'polygons' } & PolygonIndex);

export interface LoadedPatches extends PatchIndex {
  readonly kind: 'patches';
  /** Fetched when first asked for. */
  getColumn(column: number): Promise<Float32Array>;
  /** Of the last column and order that were asked for. */
  getRanked(column: number, order: Order): Promise<Uint32Array>;
}

/** @throws FetchError; RangeError where a file is not whole */
export async function loadLayer(files: LayerFiles): Promise<LoadedLayer> {
  if (files.kind === 'polygons')
    return { kind: 'polygons', ...createPolygonIndex(parsePolygons(await fetchFile(files.file))) };
  const index = createPatchIndex(await fetchFile(files.boxes), files.count);
  const getColumn = remember(async (column: number) =>
    readColumn(await fetchFile(files.columns[column] ?? ''), files.count),
  );
  let ranked: { readonly key: string; readonly items: Uint32Array } | undefined;
  const getRanked = async (column: number, order: Order): Promise<Uint32Array> => {
    const key = `${column} ${order}`;
    if (ranked?.key !== key) ranked = { key, items: rankPatches(await getColumn(column), order) };
    return ranked.items;
  };
  return { kind: 'patches', ...index, getColumn, getRanked };
}

async function fetchFile(address: string): Promise<ArrayBuffer> {
  return (await fetchAnswer(address)).arrayBuffer();
}

/** Each result once; what failed is tried anew. */
export function remember<K, V>(make: (key: K) => Promise<V>): (key: K) => Promise<V> {
  const known = new Map<K, Promise<V>>();
  return (key) => {
    const before = known.get(key);
    if (before !== undefined) return before;
    const making = make(key);
    known.set(key, making);
    making.catch(() => known.delete(key));
    return making;
  };
}
