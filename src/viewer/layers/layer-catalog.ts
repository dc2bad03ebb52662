import { stat } from 'node:fs/promises';
import type { Slide } from '../../slide/slide.ts';
import { DatasetError } from '../../utils/errors.ts';
import type { ServedSlide, SlideCollection } from '../collection.ts';
import type { LayerFacts, LayerList, LayerProblem } from '../contract.ts';
import { createFileVersion } from '../file-version.ts';
import type { OverlayShelf } from '../overlays/overlay-shelf.ts';
import { RequestError } from '../problem.ts';
import { describePatches, describePicture, describePolygons } from './describe-layer.ts';
import { type FoundLayers, findLayerFiles } from './find-layer-files.ts';
import { type GivenLayers, listSlideNames } from './given-places.ts';
import { createKeptTables } from './kept-tables.ts';
import { describeLayerFault } from './layer-fault.ts';
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
  const { collection, maxBytes, coordsFrame, useSlide } = tools;
  const slides = [...collection.slides.values()];
  const places = { ...tools, names: new Set(slides.flatMap(listSlideNames)), only: slides.length === 1 };
  const tables = createKeptTables(maxBytes);
  /** Pictures are asked for tile by tile: of these what was found last is looked at first. */
  const known = new Map<string, LayerFile>();

  async function look(slide: ServedSlide): Promise<FoundLayers> {
    const found = await findLayerFiles(slide, places);
    for (const file of found.files) if (file.kind === 'picture') known.set(`${slide.id}/${file.name}`, file);
    return found;
  }

  const chooseFrame = ({ foreign }: LayerFile) => (foreign ? coordsFrame : 'raw');

  const catalog: LayerCatalog = {
    async list(slide) {
      // A slide that can't be opened is no fault of its layers.
      await useSlide(slide, () => {});
      const { files, problems } = await look(slide);
      // Patches say in numbers what a heatmap shows in colours.
      const shown = !files.some(({ role }) => role === 'heatmap');
      const described = await Promise.all(files.map((file) => describeFile(file, { slide, shown, catalog, tools })));
      return {
        layers: described.flatMap(({ layer }) => layer ?? []),
        problems: [...problems, ...described.flatMap(({ problem }) => problem ?? [])],
      };
    },
    async find(slide, name, kind) {
      const fresh = kind === 'picture' && (await refresh(known.get(`${slide.id}/${name}`)));
      const found = fresh || (await look(slide)).files.find((file) => file.name === name && file.kind === kind);
      if (found) return found;
      throw new RequestError(404, 'no layer of this name lies over the slide');
    },
    readPolygons: (slide, layer) =>
      tables.get(
        `${layer.version} ${slide.id}`,
        () => useSlide(slide, (opened) => readPolygons(layer.path, { slide: opened, coordsFrame: chooseFrame(layer) })),
        ({ file }) => file.byteLength,
      ),
    readGeoJson: (slide, layer) =>
      tables.get(
        `geojson ${layer.version} ${slide.id}`,
        () => useSlide(slide, (opened) => readGeoJson(layer.path, { slide: opened, coordsFrame: chooseFrame(layer) })),
        (text) => text.byteLength,
      ),
    readPatches: (slide, { path, version }) =>
      tables.get(
        `${version} ${slide.id}`,
        () => useSlide(slide, (opened) => readPatches(path, { slide: opened, names: listSlideNames(slide) })),
        ({ count, columns }) => count * (16 + 4 * columns.length),
      ),
  };

  return catalog;
}

/** Neither for a table that has nothing of this slide. */
interface Described {
  readonly layer?: LayerFacts;
  readonly problem?: LayerProblem;
}

async function describeFile(
  file: LayerFile,
  { slide, shown, catalog, tools }: { slide: ServedSlide; shown: boolean; catalog: LayerCatalog; tools: LayerTools },
): Promise<Described> {
  const { overlays, useSlide } = tools;
  try {
    if (file.kind === 'polygons') return { layer: describePolygons(file, await catalog.readPolygons(slide, file)) };
    if (file.kind === 'picture')
      return {
        layer: await useSlide(slide, (opened) => overlays.use(file, (one) => describePicture(file, one, opened))),
      };
    const patches = await catalog.readPatches(slide, file);
    const ofOthers = patches.count === 0 && (file.shared || patches.ofSlides);
    return ofOthers ? {} : { layer: describePatches(file, patches, shown) };
  } catch (error) {
    // A table of slides, which has the name that one of patches has elsewhere.
    if (file.shared && error instanceof DatasetError && error.reason === 'no-column') return {};
    const message = describeLayerFault(error, file);
    if (message === undefined) throw error;
    return { problem: { name: file.name, title: file.title, message } };
  }
}

/** As the file is now; undefined where it has gone. */
async function refresh(file: LayerFile | undefined): Promise<LayerFile | undefined> {
  const stats = file && (await stat(file.path).catch(() => undefined));
  return file && stats && { ...file, version: createFileVersion(file.path, stats) };
}
