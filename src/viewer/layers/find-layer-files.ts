import { realpath, stat } from 'node:fs/promises';
import { dirname } from 'node:path';
import { sha256 } from '../../utils/hash.ts';
import type { ServedSlide } from '../collection.ts';
import type { LayerProblem } from '../contract.ts';
import { createFileVersion } from '../file-version.ts';
import { isBelow } from '../is-below.ts';
import type { OverlayShelf } from '../overlays/overlay-shelf.ts';
import { type GivenLayers, listGivenPlaces, listPlacesBeside, listSlideNames } from './given-places.ts';
import { LAYER_ROLES, type LayerCandidate, type LayerFile } from './layer-file.ts';
import { listRunPlaces } from './run-places.ts';

export interface FoundLayers {
  /** The lowest first. */
  readonly files: readonly LayerFile[];
  readonly problems: readonly LayerProblem[];
}

export interface LayerPlaces {
  /** Of all slides, as files may have them. */
  readonly names: ReadonlySet<string>;
  /** There is no other slide. */
  readonly only: boolean;
  readonly given: readonly GivenLayers[];
  readonly overlays: Pick<OverlayShelf, 'list'>;
  readonly followLinks: boolean;
  readonly coordsFrame: 'raw' | 'bounds';
}

/**
 * What there is now for a slide: in the folders of its runs, among the layers that were given, and annotations beside it. A link that
 * leads out of its folder is a problem, not a layer, unless `followLinks`.
 */
export async function findLayerFiles(slide: ServedSlide, places: LayerPlaces): Promise<FoundLayers> {
  const { given, overlays } = places;
  const candidates: LayerCandidate[] = [
    ...overlays.list(slide.id).map(listOverlay),
    ...(await listRunPlaces(slide)),
    ...(await listGivenPlaces(given, slide, places)),
    ...listPlacesBeside(slide),
  ];
  const looked = await Promise.all(candidates.map((candidate) => lookAt(candidate, slide, places)));
  const found = looked.filter((one) => one !== undefined);
  const seen = new Set<string>();
  const once = found.filter(({ path }) => !seen.has(path) && seen.add(path));
  once.sort((a, b) => LAYER_ROLES.indexOf(a.role) - LAYER_ROLES.indexOf(b.role));
  const named = giveNames(once);
  return {
    files: named.filter(({ outside }) => !outside),
    problems: named.flatMap(({ name, title, outside }) =>
      outside
        ? [{ name, title, message: 'a link leads out of the folder: it is served with --follow-links only' }]
        : [],
    ),
  };
}

/** Its name is the user's, and so is the place that its link leads to. */
function listOverlay({ name, path }: { readonly name: string; readonly path: string }): LayerCandidate {
  return {
    name,
    title: name,
    kind: 'picture',
    role: 'heatmap',
    path,
    root: dirname(path),
    foreign: true,
    shared: false,
  };
}

async function lookAt(
  { root, path, ...about }: LayerCandidate,
  slide: ServedSlide,
  { followLinks, coordsFrame }: LayerPlaces,
): Promise<(LayerFile & { outside: boolean }) | undefined> {
  const stats = await stat(path).catch(() => undefined);
  const real = stats?.isFile() ? await realpath(path).catch(() => undefined) : undefined;
  // A slide may lie among its layers.
  if (!stats || real === undefined || real === slide.address) return undefined;
  const top = await realpath(root).catch(() => root);
  const outside = !followLinks && !isBelow(real, top);
  const file = createFileVersion(real, stats);
  // Where outlines and patches lie depends on how the slide is opened too: its pixel size, where annotations count from.
  const placed = () => sha256(JSON.stringify([file, coordsFrame, slide.options, listSlideNames(slide)])).slice(0, 16);
  return { ...about, path: real, version: about.kind === 'picture' ? file : placed(), outside };
}

/** Names are of one layer each, and so are titles: one that is taken gets a number behind it. */
function giveNames<T extends LayerFile>(files: readonly T[]): T[] {
  const drawn = files.filter(({ role }) => role === 'drawn');
  const names = new Set(drawn.map(({ name }) => name));
  const titles = new Set(drawn.map(({ title }) => title));
  return files.map((file) => {
    if (file.role === 'drawn') return file;
    const name = takeFree(names, (number) => (number === 1 ? file.name : `${file.name}-${number}`));
    const title = takeFree(titles, (number) => (number === 1 ? file.title : `${file.title} (${number})`));
    return { ...file, name, title };
  });
}

function takeFree(taken: Set<string>, create: (number: number) => string): string {
  let number = 1;
  while (taken.has(create(number))) number++;
  const free = create(number);
  taken.add(free);
  return free;
}
