import { lstat, readFile, realpath } from 'node:fs/promises';
import { join } from 'node:path';
import { sha256 } from '../../utils/hash.ts';
import { getErrorCode } from '../../utils/output-error.ts';
import { RequestError } from '../problem.ts';
import { DRAWING_EXTENSION } from './drawing-address.ts';

/** A drawing as it lies in a run: RUN/SLIDE/annotations/NAME.geojson. */
export interface DrawingPlace {
  /** Real path of the run's folder. */
  readonly run: string;
  /** Id of the slide: the name of its folder. */
  readonly slide: string;
  readonly name: string;
}

export interface DrawingFile {
  readonly bytes: Buffer;
  /** Of exactly these bytes, quotes included. */
  readonly etag: string;
}

export const DRAWING_FOLDER = 'annotations';

export function getDrawingFolder({ run, slide }: DrawingPlace): string {
  return join(run, slide, DRAWING_FOLDER);
}

/** @param earlier number of an earlier version, from 1; none for the current one */
export function getDrawingPath(place: DrawingPlace, earlier?: number): string {
  const version = earlier === undefined ? '' : `.${earlier}`;
  return join(getDrawingFolder(place), `${place.name}${version}${DRAWING_EXTENSION}`);
}

/** The drawing as it is now; undefined where there is none. @throws RequestError 403 where a link leads elsewhere */
export async function readDrawing(place: DrawingPlace): Promise<DrawingFile | undefined> {
  await checkFolders(place);
  const path = getDrawingPath(place);
  const status = await ifThere(lstat(path));
  if (!status) return undefined;
  if (!status.isFile()) throw new RequestError(403, 'what stands in the place of the drawing is no file');
  const bytes = await ifThere(readFile(path));
  return bytes && { bytes, etag: createETag(bytes) };
}

export function createETag(bytes: Uint8Array | string): string {
  return `"${sha256(bytes).slice(0, 32)}"`;
}

/**
 * Nothing is read or written through a link that was put into the run: a folder of a slide is a folder of the run.
 * @throws RequestError 403
 */
export async function checkFolders(place: DrawingPlace): Promise<void> {
  for (const folder of [place.run, join(place.run, place.slide), getDrawingFolder(place)]) {
    const real = await ifThere(realpath(folder));
    if (real !== undefined && real !== folder) throw new RequestError(403, 'a folder of the run is a link');
    if (real === undefined && (await ifThere(lstat(folder))))
      throw new RequestError(403, 'a folder of the run is a link');
  }
}

async function ifThere<T>(reading: Promise<T>): Promise<T | undefined> {
  try {
    return await reading;
  } catch (error) {
    if (getErrorCode(error) === 'ENOENT') return undefined;
    throw error;
  }
}
