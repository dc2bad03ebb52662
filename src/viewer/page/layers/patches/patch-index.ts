import type { BoxGrid } from '../../../../geometry/kernels/box-grid.ts';
import { indexBoxes } from '../box-index.ts';
import { toCorners } from '../kernels/box-lists.ts';

/** The patches of a layer, ready to be drawn and found. */
export interface PatchIndex {
  readonly count: number;
  readonly grid: BoxGrid;
}

/** Of `boxes.bin`: float32 x, y, width, height of each patch. Throws RangeError where the file is not whole. */
export function createPatchIndex(file: ArrayBuffer, count: number): PatchIndex {
  if (file.byteLength !== count * 16) throw new RangeError(describeLength('boxes', file.byteLength, count * 16));
  return { count, grid: indexBoxes(toCorners(new Float32Array(file))) };
}

/** Of `columns/K.bin`: float32 of each patch, NaN where there is none. */
export function readColumn(file: ArrayBuffer, count: number): Float32Array {
  if (file.byteLength !== count * 4) throw new RangeError(describeLength('a column', file.byteLength, count * 4));
  return new Float32Array(file);
}

function describeLength(what: string, bytes: number, expected: number): string {
  return `expected ${expected} bytes of ${what} of the patches but received ${bytes}`;
}
