import { posix } from 'node:path';
import { type SourceImport, scanSource } from './source-imports.ts';

/** The folders of src/ and their layers: a folder imports from below, from itself, and from its neighbours. */
export const LAYERS: Readonly<Record<string, number>> = {
  utils: 0,
  geometry: 0,
  io: 1,
  slide: 2,
  onnx: 2,
  preprocessing: 3,
  train: 4,
  inference: 4,
  volume: 4,
  registration: 4,
  pointcloud: 4,
  viewer: 5,
  cluster: 5,
  pipeline: 5,
  cli: 6,
};
/** Folders of the same layer that may be imported. */
const NEIGHBOURS: Readonly<Record<string, readonly string[]>> = {
  geometry: ['utils'],
  // Tables and pictures are read, and predictions judged, as in training.
  inference: ['train'],
  // What a run made is what is looked at.
  viewer: ['pipeline'],
};
/** Packages that have one place: a path, or a folder when it ends in a slash. */
const ONE_PLACE: Readonly<Record<string, readonly string[]>> = {
  '@cornerstonejs/codec-charls': ['src/io/codec/jpeg-ls.ts'],
  '@cornerstonejs/codec-openjpeg': ['src/io/codec/openjpeg.ts'],
  'dicom-parser': ['src/io/dicom/data-set.ts'],
  'fast-xml-parser': ['src/io/xml/parse-xml.ts'],
  h5wasm: ['src/io/hdf5/read-hdf5.ts'],
  koffi: ['src/slide/openslide/binding.ts'],
  'onnxruntime-node': ['src/onnx/runtime/'],
  'opencv-wasm': ['src/preprocessing/tissue-detection/opencv.ts', 'src/registration/opencv.ts'],
  sharp: ['src/io/'],
  zarrita: ['src/slide/formats/ome-zarr/zarr-array.ts'],
  '@preact/signals': ['src/viewer/page/'],
  openseadragon: ['src/viewer/page/'],
  preact: ['src/viewer/page/'],
};
/** What runs in browsers, and what of the house it may hold: types shared with the server, and plain numbers. */
const PAGE = 'src/viewer/page/';
const PAGE_PACKAGES = ['@preact/signals', 'openseadragon', 'preact'];
const PAGE_MAY_IMPORT = ['src/viewer/contract.ts', 'src/geometry/', 'src/inference/heatmap/color-maps.ts'];
const CONSOLE_FILE = 'src/utils/log.ts';
const MAX_LINES = 400;
const KEBAB = /^[a-z0-9]+(-[a-z0-9]+)*(\.[a-z0-9]+)*$/;

export type Rule =
  | 'layer'
  | 'cycle'
  | 'package'
  | 'console'
  | 'map'
  | 'name'
  | 'length'
  | 'stage'
  | 'page'
  | 'unresolved'
  | 'opaque';

export interface Breach {
  readonly rule: Rule;
  readonly file: string;
  readonly message: string;
}

/** Every breach of the house's rules in `sources`: path from the project's root, such as `src/io/raster.ts`, to text. */
export function findBreaches(sources: Readonly<Record<string, string>>): Breach[] {
  const files = Object.keys(sources).sort();
  const modules = new Map(files.filter((file) => /\.tsx?$/.test(file)).map((file) => [file, sources[file] ?? '']));
  const scans = new Map([...modules].map(([file, text]) => [file, scanSource(text)]));
  const graph = new Map<string, string[]>();
  const breaches = [...files.flatMap(checkPlace), ...checkStages(files)];
  for (const [file, scan] of scans) {
    const targets = scan.imports.flatMap((one) => resolveImport(file, one, modules));
    graph.set(
      file,
      targets.filter((target) => target !== file),
    );
    breaches.push(...checkText(file, modules.get(file) ?? '', scan));
    breaches.push(...scan.imports.flatMap((one) => checkImport(file, one, modules)));
    breaches.push(...targets.flatMap((target) => [...checkLayer(file, target), ...checkPageDoor(file, target)]));
  }
  return [...breaches, ...findCycles(graph), ...checkPageReach(graph, scans)];
}

function checkPlace(file: string): Breach[] {
  const parts = file.split('/').slice(1);
  const breaches: Breach[] = [];
  const folder = parts.length > 1 ? parts[0] : undefined;
  if (folder === undefined ? parts[0] !== 'index.ts' : LAYERS[folder] === undefined)
    breaches.push({ rule: 'map', file, message: `${file}: not on the map of docs/architecture.md` });
  const bad = parts.find((part) => !KEBAB.test(part));
  if (bad !== undefined) breaches.push({ rule: 'name', file, message: `${file}: "${bad}" is not kebab-case` });
  return breaches;
}

/** A stage is `name.ts`, what one calls, beside `name/`, how it works. */
function checkStages(files: readonly string[]): Breach[] {
  const inside = files.filter((file) => /^src\/preprocessing\/[^/]+\//.test(file));
  const doors = new Set(inside.map((file) => `${file.split('/').slice(0, 3).join('/')}.ts`));
  const missing = [...doors].filter((door) => !files.includes(door));
  return missing.map((door) => ({ rule: 'stage', file: door, message: `${door}: missing beside its folder` }));
}

function checkText(file: string, text: string, scan: { code: string; opaqueImports: number }): Breach[] {
  const breaches: Breach[] = [];
  const lines = text.trimEnd().split('\n').length;
  if (lines > MAX_LINES)
    breaches.push({ rule: 'length', file, message: `${file}: ${lines} lines, the limit is ${MAX_LINES}` });
  if (file !== CONSOLE_FILE && /\bconsole\s*(\?\.|\.|\[)/.test(scan.code))
    breaches.push({ rule: 'console', file, message: `${file}: console outside ${CONSOLE_FILE}` });
  if (scan.opaqueImports > 0)
    breaches.push({ rule: 'opaque', file, message: `${file}: import() of something that is not a literal` });
  return breaches;
}

function checkImport(file: string, { specifier, kind }: SourceImport, modules: ReadonlyMap<string, string>): Breach[] {
  if (specifier.startsWith('.')) {
    if (kind === 'url' && !/\.[jt]sx?$|\*$/.test(specifier)) return [];
    if (resolveImport(file, { specifier, kind }, modules).length > 0) return [];
    return [{ rule: 'unresolved', file, message: `${file}: "${specifier}" is no file of src/` }];
  }
  const name = getPackage(specifier);
  const places = ONE_PLACE[name];
  if (places === undefined || places.some((place) => (place.endsWith('/') ? file.startsWith(place) : file === place)))
    return [];
  return [{ rule: 'package', file, message: `${file}: ${name} is only for ${places.join(', ')}` }];
}

function getPackage(specifier: string): string {
  return specifier.split('/', specifier.startsWith('@') ? 2 : 1).join('/');
}

/** The files of src/ that a relative specifier means; `./x.js` and `./x*` (a worker's name) mean `./x.ts`. */
function resolveImport(file: string, one: SourceImport, modules: ReadonlyMap<string, string>): string[] {
  if (!one.specifier.startsWith('.')) return [];
  const path = posix.normalize(posix.join(posix.dirname(file), one.specifier));
  const candidate = path.replace(/\.js$|\*$|\.\*$/, '.ts');
  return [path, candidate].filter((name, index, all) => modules.has(name) && all.indexOf(name) === index);
}

function checkLayer(file: string, target: string): Breach[] {
  const from = getFolder(file);
  const to = getFolder(target);
  if (from === undefined || from === to) return [];
  const message = `${file}: ${from} (layer ${LAYERS[from]}) imports ${target}`;
  if (to === undefined) return [{ rule: 'layer', file, message: `${message}, the public names` }];
  const own = LAYERS[from] ?? Number.POSITIVE_INFINITY;
  const its = LAYERS[to] ?? 0;
  if (its < own || NEIGHBOURS[from]?.includes(to)) return [];
  return [{ rule: 'layer', file, message: `${message} (layer ${its})` }];
}

/** The page imports itself and little else; nobody imports the page, which is built by itself. */
function checkPageDoor(file: string, target: string): Breach[] {
  const [inside, its] = [file.startsWith(PAGE), target.startsWith(PAGE)];
  if (inside === its) return [];
  if (inside && PAGE_MAY_IMPORT.some((one) => (one.endsWith('/') ? target.startsWith(one) : target === one))) return [];
  const message = inside
    ? `${file}: the page may not import ${target}`
    : `${file}: nobody imports the page (${target})`;
  return [{ rule: 'page', file, message }];
}

/** Whatever the page's modules lead to, browsers have to have: no module of Node, no package but the page's own. */
function checkPageReach(
  graph: ReadonlyMap<string, readonly string[]>,
  scans: ReadonlyMap<string, { imports: readonly SourceImport[] }>,
): Breach[] {
  const reached = new Set([...graph.keys()].filter((file) => file.startsWith(PAGE)));
  for (const file of reached) for (const target of graph.get(file) ?? []) reached.add(target);
  return [...reached].flatMap((file) =>
    (scans.get(file)?.imports ?? [])
      .filter(({ specifier }) => !specifier.startsWith('.') && !PAGE_PACKAGES.includes(getPackage(specifier)))
      .map(({ specifier }) => ({
        rule: 'page' as const,
        file,
        message: `${file}: ${specifier} is not for browsers, and the page leads here`,
      })),
  );
}

/** The folder below src/; `undefined` for src/index.ts, which is above all. */
function getFolder(file: string): string | undefined {
  const parts = file.split('/');
  return parts.length > 2 ? parts[1] : undefined;
}

/** One breach for each way back that a depth-first walk meets. */
function findCycles(graph: ReadonlyMap<string, readonly string[]>): Breach[] {
  const breaches: Breach[] = [];
  const done = new Set<string>();
  const path: string[] = [];
  const visit = (file: string): void => {
    const start = path.indexOf(file);
    if (start >= 0) {
      const ring = [...path.slice(start), file].join(' -> ');
      breaches.push({ rule: 'cycle', file, message: `import cycle: ${ring}` });
      return;
    }
    if (done.has(file)) return;
    path.push(file);
    for (const target of graph.get(file) ?? []) visit(target);
    path.pop();
    done.add(file);
  };
  for (const file of graph.keys()) visit(file);
  return breaches;
}
