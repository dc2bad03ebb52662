import { stat } from 'node:fs/promises';
import { basename } from 'node:path';
import type { Slide } from '../../slide/slide.ts';
import { DatasetError, isSlideloomError } from '../../utils/errors.ts';
import type { ServedSlide, SlideCollection } from '../collection.ts';
import type { LayerFacts, LayerList, LayerProblem } from '../contract.ts';
import { createFileVersion } from '../file-version.ts';
import type { OverlayShelf } from '../overlays/overlay-shelf.ts';
import { RequestError } from '../problem.ts';
import { describePatches, describePicture, describePolygons } from './describe-layer.ts';
import { type FoundLayers, findLayerFiles } from './find-layer-files.ts';
import { type GivenLayers, listSlideNames } from './given-places.ts';
import { createKeptTables } from './kept-tables.ts';
import type { LayerFile, LayerKind } from './layer-file.ts';
import { type PatchSet, readPatches } from './patches/read-patches.ts';
import { readGeoJson } from './polygons/read-geojson.ts';
import { type PolygonSet, readPolygons } from './polygons/read-polygons.ts';

/** What lies over slides, as it is when it is asked for: runs go on, and polygons are drawn. */
export interface LayerCatalog {
  /** A file that can't be read is a problem of the list, and never of the others. */
  list(slide: ServedSlide): Promise<LayerList>;
  /** @throws RequestError 404 */
  find(slide: ServedSlide, name: string, kind: LayerKind): Promise<LayerFile>;
  /** @throws AnnotationError, SourceError */
  readPolygons(slide: ServedSlide, layer: LayerFile): Promise<PolygonSet>;
  /** @throws RequestError 413 for what is too large; AnnotationError, SourceError */
  readGeoJson(slide: ServedSlide, layer: LayerFile): Promise<Uint8Array>;
  /** @throws DatasetError, SourceError, MissingMppError */
  readPatches(slide: ServedSlide, layer: LayerFile): Promise<PatchSet>;
}

export interface LayerTools {
  readonly collection: SlideCollection;
  readonly given: readonly GivenLayers[];
  readonly followLinks: boolean;
  readonly coordsFrame: 'raw' | 'bounds';
  readonly overlays: OverlayShelf;
  /** Of tables and polygons that are kept. */
  readonly maxBytes: number;
  /** Lends a slide of the server's own thread. */
  useSlide<T>(served: ServedSlide, use: (slide: Slide) => Promise<T> | T): Promise<T>;
}

export function createLayerCatalog(tools: LayerTools): LayerCatalog {
  const { maxBytes, coordsFrame, useSlide } = tools;
  const tables = createKeptTables(maxBytes);
  /** Pictures are asked for tile by tile: of these what was found last is looked at first. */
  const known = new Map<string, LayerFile>();

  async function look(slide: ServedSlide): Promise<FoundLayers> {
    const found = await findLayerFiles(slide, tools);
    for (const file of found.files) if (file.kind === 'picture') known.set(`${slide.id}/${file.name}`, file);
    return found;
  }

  /** What slideloom writes counts from the corner of the slide. */
  const chooseFrame = (role: LayerFile['role']) => (role === 'annotation' ? coordsFrame : 'raw');

  const catalog: LayerCatalog = {
    async list(slide) {
      const { files, problems } = await look(slide);
      // Patches say in numbers what a heatmap shows in colours.
      const shown = !files.some(({ role }) => role === 'heatmap');
      const described = await Promise.all(files.map((file) => describeFile(file, { slide, shown, catalog, tools })));
      const layers = described.filter((one) => one !== undefined && 'kind' in one) as LayerFacts[];
      const failed = described.filter((one) => one !== undefined && !('kind' in one)) as LayerProblem[];
      return { layers, problems: [...problems, ...failed] };
    },
    async find(slide, name, kind) {
      const fresh = kind === 'picture' && (await refresh(known.get(`${slide.id}/${name}`)));
      const found = fresh || (await look(slide)).files.find((file) => file.name === name && file.kind === kind);
      if (found) return found;
      throw new RequestError(404, `no layer of this name lies over the slide`);
    },
    readPolygons: (slide, { path, version, role }) =>
      tables.get(
        `${version} ${slide.id}`,
        () => useSlide(slide, (opened) => readPolygons(path, { slide: opened, coordsFrame: chooseFrame(role) })),
        ({ file }) => file.byteLength,
      ),
    readGeoJson: (slide, { path, role }) =>
      useSlide(slide, (opened) => readGeoJson(path, { slide: opened, coordsFrame: chooseFrame(role) })),
    readPatches: (slide, { path, version }) =>
      tables.get(
        `${version} ${slide.id}`,
        () => useSlide(slide, (opened) => readPatches(path, { slide: opened, names: listSlideNames(slide) })),
        ({ count, columns }) => count * (16 + 4 * columns.length),
      ),
  };

  return catalog;
}

/** Undefined for a table that has nothing of this slide. */
async function describeFile(
  file: LayerFile,
  { slide, shown, catalog, tools }: { slide: ServedSlide; shown: boolean; catalog: LayerCatalog; tools: LayerTools },
): Promise<LayerFacts | LayerProblem | undefined> {
  try {
    if (file.kind === 'polygons') return describePolygons(file, await catalog.readPolygons(slide, file));
    if (file.kind === 'picture')
      return await tools.useSlide(slide, (opened) =>
        tools.overlays.use(file, (one) => describePicture(file, one, opened)),
      );
    const patches = await catalog.readPatches(slide, file);
    if (patches.count === 0 && (file.shared || patches.ofSlides)) return undefined;
    return describePatches(file, patches, shown);
  } catch (error) {
    if (isSlideloomError(error, 'slide-closed', 'aborted') || !isSlideloomError(error)) throw error;
    // A table of slides, which has the name that one of patches has elsewhere.
    if (file.shared && error instanceof DatasetError && error.reason === 'no-column') return undefined;
    const message = error.message.replaceAll(file.path, basename(file.path));
    return { name: file.name, title: file.title, message };
  }
}

/** As the file is now; undefined where it has gone. */
async function refresh(file: LayerFile | undefined): Promise<LayerFile | undefined> {
  const stats = file && (await stat(file.path).catch(() => undefined));
  return file && stats && { ...file, version: createFileVersion(file.path, stats) };
}
