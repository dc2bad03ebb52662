import { DicomError } from '../../utils/errors.ts';
import { type DicomElement, type DicomRange, DicomStructureFault, findElement, walkItems } from './element.ts';
import type { DicomHead, TopElement } from './read-head.ts';
import { TAG } from './tags.ts';

/** Where each frame of an image lies in the total pixel matrix, as its own functional groups say. */
export interface FramePositions {
  /** Pixels from the left and the top, counted from 0 (the file counts from 1). */
  readonly x: Float64Array;
  readonly y: Float64Array;
  /** Micrometres above the slide; 0 where nothing is said. */
  readonly z: Float64Array;
  /** Index into `paths` of the frame's optical path. */
  readonly path: Uint16Array;
  /** Identifiers of optical paths; an empty one stands for frames that name none. */
  readonly paths: readonly string[];
}

/** An item with a sequence with an item with two positions. */
const LEAST_BYTES = 48;

/**
 * Walks the per-frame functional groups (PS3.3, C.7.6.16) in place. Their bytes are read as they lie, without an object
 * for each element: a sparse slide has a million of them.
 * @returns undefined where the frames have no positions of their own
 * @throws DicomError
 */
export function readFramePositions(name: string, head: DicomHead, frames: number): FramePositions | undefined {
  const sequence = head.elements.find(({ tag }) => tag === TAG.PerFrameFunctionalGroupsSequence);
  if (!sequence) return undefined;
  try {
    return readPositions(head, sequence, frames);
  } catch (error) {
    if (!(error instanceof DicomStructureFault || error instanceof RangeError)) throw error;
    throw new DicomError(name, `functional groups of the frames: ${error.message}`, { cause: error });
  }
}

function readPositions(head: DicomHead, sequence: TopElement, frames: number): FramePositions | undefined {
  const { view, syntax } = head;
  // Before memory is taken for them.
  if (frames * LEAST_BYTES > sequence.end - sequence.at) throw new DicomStructureFault(`too few for ${frames} frames`);
  const found = {
    x: new Float64Array(frames),
    y: new Float64Array(frames),
    z: new Float64Array(frames),
    path: new Uint16Array(frames),
    paths: [] as string[],
  };
  let frame = 0;
  for (const item of walkItems(view, sequence, syntax)) {
    if (frame === frames) throw new DicomStructureFault(`more than ${frames}, the number of frames`);
    const position = findItem(view, item, TAG.PlanePositionSlideSequence);
    const x = position && findElement(view, position, TAG.ColumnPositionInTotalImagePixelMatrix);
    const y = position && findElement(view, position, TAG.RowPositionInTotalImagePixelMatrix);
    if (!position || !x || !y) {
      if (frame === 0) return undefined;
      throw new DicomStructureFault(`no position of frame ${frame}`);
    }
    found.x[frame] = view.getInt32(x.at, syntax.littleEndian) - 1;
    found.y[frame] = view.getInt32(y.at, syntax.littleEndian) - 1;
    found.z[frame] = readDecimal(view, findElement(view, position, TAG.ZOffsetInSlideCoordinateSystem));
    found.path[frame] = findPath(found.paths, readPath(view, item));
    frame++;
  }
  if (frame !== frames) throw new DicomStructureFault(`${frame} for ${frames} frames`);
  return found;
}

/** Of a sequence within a range: its first item. */
function findItem(view: DataView, range: DicomRange, tag: number): DicomRange | undefined {
  const sequence = findElement(view, range, tag);
  return sequence && walkItems(view, sequence, range.encoding).next().value;
}

function readPath(view: DataView, range: DicomRange): string {
  const item = findItem(view, range, TAG.OpticalPathIdentificationSequence);
  return readText(view, item && findElement(view, item, TAG.OpticalPathIdentifier));
}

const MOST_PATHS = 1024;

function findPath(paths: string[], name: string): number {
  const index = paths.indexOf(name);
  if (index >= 0) return index;
  if (paths.length === MOST_PATHS) throw new DicomStructureFault(`more than ${MOST_PATHS} optical paths`);
  return paths.push(name) - 1;
}

function readDecimal(view: DataView, element: DicomElement | undefined): number {
  const value = Number(readText(view, element) || 0);
  return Number.isFinite(value) ? value : 0;
}

function readText(view: DataView, element: DicomElement | undefined): string {
  if (!element?.length) return '';
  const text = Buffer.from(view.buffer, view.byteOffset + element.at, element.length).toString('latin1');
  return text.replace(/[\0 ]+$/, '').trimStart();
}
