import { SAMPLE_ARRAYS, type SampleType } from '../../../io/sample-raster.ts';

/** Types of samples that are read, by their names in Zarr v3. Half floats are not: Node 20 has no array for them. */
export type ZarrType = Exclude<SampleType, 'float16'>;

export function isZarrType(name: string): name is ZarrType {
  return Object.hasOwn(SAMPLE_ARRAYS, name) && name !== 'float16';
}

/** Bytes of a sample. */
export function getSampleBytes(type: ZarrType): number {
  return SAMPLE_ARRAYS[type].BYTES_PER_ELEMENT;
}

/** NumPy's type strings, which Zarr v2 uses, without the byte order. */
const NUMPY: Readonly<Record<string, ZarrType>> = {
  ...{ u1: 'uint8', i1: 'int8', u2: 'uint16', i2: 'int16' },
  ...{ u4: 'uint32', i4: 'int32', f4: 'float32', f8: 'float64' },
};

/** The type that `dtype` means; undefined where it is none that is read. */
export function parseNumpyType(dtype: string): { type: ZarrType; bigEndian: boolean } | undefined {
  const [, order, code = ''] = /^([<>|])(\w+)$/.exec(dtype) ?? [];
  const type = Object.hasOwn(NUMPY, code) ? NUMPY[code] : undefined;
  return type && { type, bigEndian: order === '>' };
}
