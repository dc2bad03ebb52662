import { readdir, realpath, stat } from 'node:fs/promises';
import { basename, dirname, join, parse } from 'node:path';
import { isRemoteUrl } from '../../io/source/remote-address.ts';
import { OptionError } from '../../utils/errors.ts';
import type { ServedSlide } from '../collection.ts';
import { findRunFolder } from '../run-folder.ts';
import type { LayerCandidate } from './layer-file.ts';
import { ANNOTATION_EXTENSIONS, getLayerKind, getLayerStem, KIND_ROLES } from './layer-kinds.ts';
import { matchName } from './match-name.ts';

/** A file, or a folder of files, that the user gave as layers. */
export interface GivenLayers {
  readonly input: string;
  readonly path: string;
  readonly folder: boolean;
}

/** @throws OptionError for what is not there, or is no file of layers */
export async function checkGivenLayers(inputs: readonly string[]): Promise<GivenLayers[]> {
  return Promise.all(
    inputs.map(async (input) => {
      const path = await realpath(input).catch(() => undefined);
      if (path === undefined) throw new OptionError('layers', 'files or folders that are there', input);
      const folder = (await stat(path)).isDirectory();
      const run = folder ? await findRunFolder(path, { followLinks: true }) : undefined;
      if (run && !run.tables.includes('heatmaps.csv'))
        throw new OptionError('layers', 'files that lie over slides, and folders of such', input, {
          hint: 'a folder of a run is given beside the slides: slideloom view SLIDES RUN',
        });
      if (folder || getLayerKind(path)) return { input, path, folder };
      throw new OptionError(
        'layers',
        'annotations (XML, GeoJSON, NDPA), tables (CSV), masks and heatmaps (TIFF, DZI)',
        input,
      );
    }),
  );
}

/**
 * Files of the slide's name, alone or with more behind it: `SLIDE.xml`, `SLIDE_tumour.geojson`.
 * @param about names of all slides, and whether this is the only one
 */
export async function listGivenPlaces(
  given: readonly GivenLayers[],
  slide: ServedSlide,
  about: { readonly names: ReadonlySet<string>; readonly only: boolean },
): Promise<LayerCandidate[]> {
  const { names: all, only } = about;
  const names = listSlideNames(slide);
  const found = given.map(async ({ path, folder }) => {
    const files = folder ? (await readdir(path).catch(() => [])).sort().map((file) => join(path, file)) : [path];
    return files.flatMap((file) => {
      const kind = getLayerKind(file);
      if (!kind) return [];
      const stem = getLayerStem(file);
      const more = matchName(stem, names, all);
      // A table may say itself which slides it is of, and who gives one file for one slide knows what it is of.
      const shared = more === undefined && !folder && (only || kind === 'patches');
      if (more === undefined && !shared) return [];
      const title = more || (folder ? basename(path) : stem);
      const about = { name: toLayerName(title), title, kind, role: KIND_ROLES[kind], foreign: true };
      return [{ ...about, path: file, root: folder ? path : dirname(path), shared: shared && !only }];
    });
  });
  return (await Promise.all(found)).flat();
}

/** What people keep beside a slide, with its name: annotations. */
export function listPlacesBeside({ path }: ServedSlide): LayerCandidate[] {
  if (isRemoteUrl(path)) return [];
  const { dir, name, base } = parse(path);
  const files = [...ANNOTATION_EXTENSIONS.map((ending) => `${name}${ending}`), `${base}.ndpa`];
  const about = {
    name: 'annotations',
    title: 'Annotations',
    kind: 'polygons',
    role: 'annotation',
    foreign: true,
    shared: false,
  } as const;
  return files.map((file) => ({ ...about, path: join(dir, file), root: dir }));
}

/** Of the run, and of the file. */
export function listSlideNames({ id, path, homes }: ServedSlide): string[] {
  const file = isRemoteUrl(path) ? id : basename(path);
  return [
    ...new Set([id, ...homes.map((home) => home.id), parse(file).name, file.replace(/(\.ome)?\.[^.]+$/i, ''), file]),
  ];
}

/** Fit for addresses. */
export function toLayerName(title: string): string {
  return (
    title
      .replace(/[^A-Za-z0-9._-]+/g, '-')
      .replace(/^[.-]+|[.-]+$/g, '')
      .slice(0, 80) || 'layer'
  );
}
