import { DicomError } from '../../../utils/errors.ts';
import type { ImageParts } from './dicom-level.ts';
import type { WsiImage } from './wsi-image.ts';

/** The images of a series, each with all of its files. */
export interface SeriesImages {
  /** Level-0 image first, each smaller than the one before and of its shape. */
  readonly volumes: readonly ImageParts[];
  /** By our names: label, macro, thumbnail. */
  readonly associated: ReadonlyMap<string, ImageParts>;
  /** What was left out, and why. */
  readonly notices: readonly string[];
}

/** Flavours of associated images (third value of ImageType) under the names that slides of all formats use. */
const ASSOCIATED: Readonly<Record<string, string>> = { LABEL: 'label', OVERVIEW: 'macro', THUMBNAIL: 'thumbnail' };

/** @throws DicomError where a file of an image that is stored in parts is missing */
export function groupImages(files: readonly WsiImage[]): SeriesImages {
  const notices: string[] = [];
  const volumes: ImageParts[] = [];
  const associated = new Map<string, ImageParts>();
  for (const parts of joinParts(files)) {
    const [{ flavor }] = parts;
    const name = ASSOCIATED[flavor];
    if (flavor === 'VOLUME') volumes.push(parts);
    else if (name && !associated.has(name)) associated.set(name, parts);
    else notices.push(`an image is left out: ${name ? `another ${flavor}` : `its type is ${flavor || 'not given'}`}`);
  }
  volumes.sort(([a], [b]) => b.width - a.width || b.height - a.height || compareInstances(a, b));
  return { volumes: chooseLevels(volumes, notices), associated, notices };
}

/** Pyramids of one size for each level; several focal planes or stains may be stored as images of one size. */
function chooseLevels(volumes: readonly ImageParts[], notices: string[]): ImageParts[] {
  const levels: ImageParts[] = [];
  for (const parts of volumes) {
    const [image] = parts;
    const full = levels[0]?.[0];
    const above = levels.at(-1)?.[0];
    const what = `the image of ${image.width} x ${image.height} pixels, instance ${image.instanceNumber}, is left out`;
    if (above && image.width >= above.width) notices.push(`${what}: another has its size`);
    else if (full && !hasShapeOf(image, full)) notices.push(`${what}: it is not of the shape of the largest`);
    else levels.push(parts);
  }
  return levels;
}

/** Same aspect, when each side may be rounded up or down. */
function hasShapeOf(image: WsiImage, full: WsiImage): boolean {
  const scale = full.width / image.width;
  return Math.abs(full.height / scale - image.height) <= 1 + image.height / image.width;
}

/** Files of one concatenation become one image, in the order of their frames. */
function joinParts(files: readonly WsiImage[]): ImageParts[] {
  const single: ImageParts[] = [];
  const concatenations = new Map<string, WsiImage[]>();
  for (const file of files.toSorted(compareInstances)) {
    const { part } = file;
    const known = part && concatenations.get(part.uid);
    if (!part) single.push([file]);
    else if (known) known.push(file);
    else concatenations.set(part.uid, [file]);
  }
  return [...single, ...[...concatenations.values()].map(checkParts)];
}

function checkParts(files: readonly WsiImage[]): ImageParts {
  const [first, ...more] = files.toSorted((a, b) => (a.part?.firstFrame ?? 0) - (b.part?.firstFrame ?? 0));
  if (!first) throw new RangeError('an image of no files');
  let frames = 0;
  for (const file of [first, ...more]) {
    if (file.part?.firstFrame !== frames)
      throw new DicomError(file.source.name, `frames from ${frames} on are in a file that is missing beside it`);
    frames += file.frames;
    checkAlike(file, first);
  }
  const { total } = first.part ?? {};
  if (total !== undefined && total !== files.length)
    throw new DicomError(
      first.source.name,
      `one of ${total} files that make the image, of which ${files.length} are there`,
    );
  return [first, ...more];
}

function checkAlike(file: WsiImage, first: WsiImage): void {
  const facts = ({ width, height, tileWidth, tileHeight, samples, head, flavor }: WsiImage) =>
    JSON.stringify([width, height, tileWidth, tileHeight, samples, head.syntax.uid, head.pixelData?.vr, flavor]);
  if (facts(file) !== facts(first))
    throw new DicomError(file.source.name, `its image is not that of ${first.source.name}, of which it is a part`);
}

function compareInstances(a: WsiImage, b: WsiImage): number {
  if (a.instanceNumber !== b.instanceNumber) return a.instanceNumber < b.instanceNumber ? -1 : 1;
  return a.source.name < b.source.name ? -1 : a.source.name > b.source.name ? 1 : 0;
}
