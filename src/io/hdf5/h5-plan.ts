/** What a file of HDF5 is to hold. The part of the format that feature files are made of: no groups, no filters. */
import { TENSOR_ARRAYS } from '../safetensors/tensor.ts';

/** Types of elements, little-endian, by the names that safetensors has for them. */
export const H5_TYPES = ['I32', 'I64', 'F16', 'F32', 'F64'] as const;
export type H5Type = (typeof H5_TYPES)[number];

/** A number is stored as int64 or float64, a list of numbers with a shape, a text as UTF-8 of variable length: as h5py does. */
export interface H5Attribute {
  readonly name: string;
  readonly type: 'int64' | 'float64' | 'text';
  readonly value: number | string | readonly number[];
}

export interface H5DatasetPlan {
  readonly name: string;
  readonly type: H5Type;
  readonly shape: readonly [rows: number, columns: number];
  /** Rows of a chunk; the dataset may then grow in rows. Without them it is one piece of fixed size. */
  readonly chunkRows?: number | undefined;
  readonly attributes?: readonly H5Attribute[];
  /** The elements row by row, in pieces of any length; as many bytes as the shape says. */
  readonly content: Iterable<Uint8Array>;
}

export interface H5FilePlan {
  /** One to eight. */
  readonly datasets: readonly H5DatasetPlan[];
  /** Of the file itself. */
  readonly attributes?: readonly H5Attribute[];
}

/** Bytes of an element. */
export function getElementBytes(type: H5Type): number {
  return TENSOR_ARRAYS[type].BYTES_PER_ELEMENT;
}
