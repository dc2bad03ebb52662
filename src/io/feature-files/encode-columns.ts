import { narrowToHalf } from '../safetensors/kernels/narrow-floats.ts';
import type { FeatureTable } from './feature-table.ts';

/** Elements converted at once. */
const BLOCK = 65_536;

/** The features as bytes: of 32-bit floats the blocks themselves, else rounded to half precision. */
export function* encodeFeatures(table: FeatureTable, half: boolean): Generator<Uint8Array> {
  for (const block of table.readBlocks()) yield toBytes(half ? narrowToHalf(block) : block);
}

const COLUMN_ARRAYS = { I32: Int32Array, F32: Float32Array, F64: Float64Array } as const;

/** The corners as bytes of a type, multiplied by what a pixel is on each axis. */
export function* encodeCorners(
  { corners }: FeatureTable,
  type: keyof typeof COLUMN_ARRAYS | 'I64',
  unit: { readonly x: number; readonly y: number } = { x: 1, y: 1 },
): Generator<Uint8Array> {
  for (let from = 0; from < corners.length; from += BLOCK) {
    const part = corners.subarray(from, from + BLOCK);
    if (type === 'I64') yield toBytes(BigInt64Array.from(part, BigInt));
    else yield toBytes(new COLUMN_ARRAYS[type](part.map((value, at) => value * (at % 2 === 0 ? unit.x : unit.y))));
  }
}

function toBytes({ buffer, byteOffset, byteLength }: ArrayBufferView): Uint8Array {
  return new Uint8Array(buffer as ArrayBuffer, byteOffset, byteLength);
}
