import { readdir } from 'node:fs/promises';
import { basename, extname, join } from 'node:path';
import type { ServedSlide, SlideHome } from '../collection.ts';
import type { LayerCandidate } from './layer-file.ts';

/** What is drawn here is saved under such names; what lies beside them are earlier versions. */
const DRAWN = /^[a-z0-9][a-z0-9_-]{0,63}$/;

/** The places of a run's files for a slide: of `tissue`, `patches`, `run`, `embed`, `predict` and `heatmap`, each alone or in a run with a model. */
export async function listRunPlaces({ homes }: ServedSlide): Promise<LayerCandidate[]> {
  return (await Promise.all(homes.map(async (home) => [...listFixed(home), ...(await listDrawn(home))]))).flat();
}

function listFixed({ run: { path: root, tables }, id }: SlideHome): LayerCandidate[] {
  const place = (...parts: string[]) => ({ path: join(root, ...parts), root, shared: false });
  const tissue = { name: 'tissue', title: 'Tissue', kind: 'polygons', role: 'tissue' } as const;
  const patches = { name: 'patches', title: 'Patches', kind: 'patches', role: 'patches' } as const;
  const attention = { name: 'attention', title: 'Attention', kind: 'patches', role: 'attention' } as const;
  const heatmap = { name: 'heatmap', title: 'Heatmap', kind: 'picture', role: 'heatmap' } as const;
  const predictions = { name: 'predictions', title: 'Predictions', kind: 'patches', role: 'attention' } as const;
  const found: LayerCandidate[] = [
    ...[place(id, 'tissue', 'tissue.geojson'), place('features', id, 'tissue', 'tissue.geojson')].map((at) => ({
      ...tissue,
      ...at,
    })),
    { ...patches, ...place(id, 'patches', 'patches.csv') },
    ...[place('attention', `${id}.csv`), place('predictions', 'attention', `${id}.csv`)].map((at) => ({
      ...attention,
      ...at,
    })),
    ...['.tiff', '.dzi'].map((ending) => ({ ...heatmap, ...place('heatmaps', id + ending) })),
  ];
  if (tables.includes('heatmaps.csv'))
    found.push(...['.tiff', '.dzi'].map((ending) => ({ ...heatmap, ...place(id + ending) })));
  // Of `predict patches`; that of `predict slides` has the same name and no places.
  for (const table of ['predictions.csv', 'predictions/predictions.csv'] as const)
    if (tables.includes(table)) found.push({ ...predictions, ...place(table), shared: true });
  return found;
}

async function listDrawn({ run: { path: root }, id }: SlideHome): Promise<LayerCandidate[]> {
  const folder = join(root, id, 'annotations');
  const names = (await readdir(folder).catch(() => [])).filter((name) => extname(name) === '.geojson').sort();
  return names.flatMap((file) => {
    const name = basename(file, '.geojson');
    if (!DRAWN.test(name)) return [];
    const title = name === 'tissue' ? 'Tissue (corrected)' : `${name} (drawn)`;
    const layer = { name: `drawn.${name}`, title, kind: 'polygons', role: 'drawn', shared: false } as const;
    return [{ ...layer, path: join(folder, file), root }];
  });
}
