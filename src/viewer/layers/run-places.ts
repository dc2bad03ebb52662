import { readdir } from 'node:fs/promises';
import { basename, extname, join } from 'node:path';
import type { ServedSlide, SlideHome } from '../collection.ts';
import type { LayerCandidate } from './layer-file.ts';

/** What is drawn here is saved under such names; what lies beside them are earlier versions. */
const DRAWN = /^[a-z0-9][a-z0-9_-]{0,63}$/;

/** The places of a run's files for a slide: of `tissue`, `patches`, `run`, `embed`, `predict` and `heatmap`, each alone or in a run with a model. */
export async function listRunPlaces({ homes }: ServedSlide): Promise<LayerCandidate[]> {
  const found = homes.map(async (home, index) => {
    const places = [...listFixed(home), ...(await listDrawn(home, index === 0))];
    // Of several runs each says which it is.
    const run = homes.length > 1 ? ` (${basename(home.run.path)})` : '';
    return places.map((place) => ({ ...place, title: place.title + run }));
  });
  return (await Promise.all(found)).flat();
}

const TISSUE = { name: 'tissue', title: 'Tissue', kind: 'polygons', role: 'tissue' } as const;
const PATCHES = { name: 'patches', title: 'Patches', kind: 'patches', role: 'patches' } as const;
const ATTENTION = { name: 'attention', title: 'Attention', kind: 'patches', role: 'attention' } as const;
const PREDICTIONS = { name: 'predictions', title: 'Predictions', kind: 'patches', role: 'attention' } as const;
const HEATMAP = { name: 'heatmap', title: 'Heatmap', kind: 'picture', role: 'heatmap' } as const;

function listFixed({ run: { path: root, tables }, id }: SlideHome): LayerCandidate[] {
  const at = (about: Pick<LayerCandidate, 'name' | 'title' | 'kind' | 'role'>, ...paths: readonly string[]) =>
    paths.map((path) => ({ ...about, path: join(root, path), root, foreign: false, shared: false }));
  const heatmaps = tables.includes('heatmaps.csv') ? ['heatmaps', '.'] : ['heatmaps'];
  // Of `predict patches`; that of `predict slides` has the same name and no places.
  const predictions = tables.filter((table) => table.endsWith('predictions.csv'));
  return [
    ...at(TISSUE, `${id}/tissue/tissue.geojson`, `features/${id}/tissue/tissue.geojson`),
    ...at(PATCHES, `${id}/patches/patches.csv`),
    ...at(ATTENTION, `attention/${id}.csv`, `predictions/attention/${id}.csv`),
    ...at(PREDICTIONS, ...predictions).map((place) => ({ ...place, shared: true })),
    ...at(HEATMAP, ...heatmaps.flatMap((folder) => [`${folder}/${id}.tiff`, `${folder}/${id}.dzi`])),
  ];
}

/** @param open it is saved into this run when it is drawn on again */
async function listDrawn({ run: { path: root }, id }: SlideHome, open: boolean): Promise<LayerCandidate[]> {
  const folder = join(root, id, 'annotations');
  const names = (await readdir(folder).catch(() => [])).filter((name) => extname(name) === '.geojson').sort();
  return names.flatMap((file): LayerCandidate[] => {
    const name = basename(file, '.geojson');
    if (!DRAWN.test(name)) return [];
    const title = name === 'tissue' ? 'Tissue (corrected)' : `${name} (drawn)`;
    const layer = { title, kind: 'polygons', path: join(folder, file), root, foreign: false, shared: false } as const;
    return [open ? { ...layer, name: `drawn.${name}`, role: 'drawn' } : { ...layer, name, role: 'annotation' }];
  });
}
