import { parseXml } from '../../../io/xml/parse-xml.ts';
import { isSlideloomError, UnsupportedFormatError } from '../../../utils/errors.ts';
import { type OmeImage, readOmeDocument } from '../ome-tiff/ome-model.ts';
import { getAssociatedName } from '../ome-tiff/read-ome-set.ts';
import { checkPath, getOmeAttributes, type Multiscale, readMultiscale } from './multiscales.ts';
import type { JsonObject, ZarrNode, ZarrNodes } from './zarr-nodes.ts';

/** An image of a Zarr folder. */
export interface FoundImage {
  /** Key of its group; empty for the folder itself. */
  readonly path: string;
  readonly ome: JsonObject;
  readonly multiscale: Multiscale;
  /** What OME-XML beside it says of it. */
  readonly xml: OmeImage | undefined;
}

export interface FoundImages {
  readonly main: FoundImage;
  /** Keys of the groups of label, macro and thumbnail, where OME-XML names them. */
  readonly associated: ReadonlyMap<string, string>;
  readonly count: number;
  readonly notices: readonly string[];
}

/** Images of one folder. */
const MAX_SERIES = 4096;

/**
 * The image that is the slide: that of the root, or of a Bio-Formats collection (bioformats2raw, `bioformats2raw.layout`) the
 * first whose name does not say that it is a label, macro or thumbnail.
 * @throws UnsupportedFormatError for plates, wells and groups without an image
 */
export async function findImages(root: ZarrNode, nodes: ZarrNodes): Promise<FoundImages> {
  const { name } = nodes.store;
  const ome = getOmeAttributes(root);
  refusePlates(ome, name);
  if (ome['multiscales'] !== undefined) {
    const main = { path: '', ome, multiscale: readMultiscale(ome, name), xml: undefined };
    return { main, associated: new Map(), count: 1, notices: [] };
  }
  if (ome['bioformats2raw.layout'] !== undefined || root.attributes['bioformats2raw.layout'] !== undefined)
    return findSeries(nodes);
  const plain = await describePlain(root, nodes);
  if (plain) return { main: plain, associated: new Map(), count: 1, notices: [] };
  throw new UnsupportedFormatError(name, `a Zarr group without a multiscale image`, {
    hint: 'name the group of the image itself, such as slide.zarr/0',
  });
}

function refusePlates(ome: JsonObject, name: string): void {
  if (ome['plate'] !== undefined)
    throw new UnsupportedFormatError(name, 'a plate of many images (high content screening), not a slide', {
      hint: 'name one of its images: plate.zarr/ROW/COLUMN/FIELD, such as plate.zarr/A/1/0',
    });
  if (ome['well'] !== undefined)
    throw new UnsupportedFormatError(name, 'a well of a plate, not a slide', {
      hint: 'name one of its images: the folder of a field, such as 0',
    });
}

async function findSeries(nodes: ZarrNodes): Promise<FoundImages> {
  const { name } = nodes.store;
  const notices: string[] = [];
  const images = await readOmeXml(nodes, notices);
  const list = await nodes.read('OME').then((group) => group && getOmeAttributes(group)['series']);
  const listed = Array.isArray(list) ? list.filter((path) => typeof path === 'string') : undefined;
  // Without a list they are numbered as the images of the XML.
  const series = listed ?? Array.from({ length: Math.max(1, images.length) }, (_, index) => String(index));
  if (series.length > MAX_SERIES) throw new UnsupportedFormatError(name, `${series.length} images in one folder`);
  for (const path of series) checkPath(path, name);
  const kinds = series.map((_, index) => getAssociatedName(images[index]?.name ?? ''));
  const first = Math.max(0, kinds.indexOf(undefined));
  const path = series[first] ?? '0';
  const node = await nodes.read(path);
  const ome = node && getOmeAttributes(node);
  if (!ome) throw new UnsupportedFormatError(name, `the image "${path}" is missing`);
  refusePlates(ome, name);
  const associated = new Map<string, string>();
  for (const [index, kind] of kinds.entries()) {
    const group = series[index];
    if (kind && group !== undefined && index !== first && !associated.has(kind)) associated.set(kind, group);
  }
  const main = { path, ome, multiscale: readMultiscale(ome, `${name}/${path}`), xml: images[first] };
  return { main, associated, count: series.length, notices };
}

/** Empty where there is none; one that can't be read is a notice, as the images stand without it. */
async function readOmeXml(nodes: ZarrNodes, notices: string[]): Promise<readonly OmeImage[]> {
  const key = 'OME/METADATA.ome.xml';
  const bytes = await nodes.readFile(key);
  if (!bytes) return [];
  const source = `${nodes.store.name}/${key}`;
  try {
    return readOmeDocument(parseXml(bytes, source), source).images;
  } catch (error) {
    if (!isSlideloomError(error, 'unsupported-format')) throw error;
    notices.push(`the OME-XML is passed over: ${error.message}`);
    return [];
  }
}

/** Arrays of a plain group. */
const MAX_PLAIN = 32;

/** A picture without OME metadata: one array, or a group of arrays that are named 0, 1, 2 ..., finest first. */
async function describePlain(root: ZarrNode, nodes: ZarrNodes): Promise<FoundImage | undefined> {
  const paths: string[] = [];
  if (root.kind === 'array') paths.push('');
  const first = root.kind === 'array' ? root : await nodes.read('0');
  if (first?.kind !== 'array') return undefined;
  for (let level = 0; root.kind === 'group' && level < MAX_PLAIN; level++) {
    if ((await nodes.read(String(level)))?.kind !== 'array') break;
    paths.push(String(level));
  }
  const { shape } = first.document;
  const rank = Array.isArray(shape) ? shape.length : 0;
  const samples = Array.isArray(shape) ? shape.at(-1) : undefined;
  // Nothing says what the axes are: a picture as other libraries write it is taken, and nothing is guessed beyond.
  const axes =
    rank === 2 ? (['y', 'x'] as const) : rank === 3 && samples === 3 ? (['y', 'x', 'c'] as const) : undefined;
  if (!axes) return undefined;
  const multiscale = { version: 'none', name: undefined, axes, paths, microns: undefined };
  return { path: '', ome: {}, multiscale, xml: undefined };
}

/** Joins the keys of a group and of what lies in it. */
export function joinKeys(group: string, path: string): string {
  return group === '' || path === '' ? group + path : `${group}/${path}`;
}
