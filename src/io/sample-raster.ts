/** How samples are held in memory, by the type that they are stored in. Half floats have no array of their own: they are widened. */
export const SAMPLE_ARRAYS = {
  uint8: Uint8Array,
  int8: Int8Array,
  uint16: Uint16Array,
  int16: Int16Array,
  uint32: Uint32Array,
  int32: Int32Array,
  float16: Float32Array,
  float32: Float32Array,
  float64: Float64Array,
} as const;

/** Type of a stored sample. */
export type SampleType = keyof typeof SAMPLE_ARRAYS;

export type SampleArray =
  | Uint8Array
  | Int8Array
  | Uint16Array
  | Int16Array
  | Uint32Array
  | Int32Array
  | Float32Array
  | Float64Array;

/** Samples of one channel as they are stored: unscaled, rows from the top without padding. The receiver owns them. */
export interface SampleRaster {
  readonly width: number;
  readonly height: number;
  readonly type: SampleType;
  /** width x height values. */
  readonly data: SampleArray;
}

/** Samples of all channels of a picture, pixel by pixel. */
export interface SampleBlock extends SampleRaster {
  /** Samples of a pixel: `data` has width x height x samples values. */
  readonly samples: number;
}

/** Least and greatest value of the types whose whole range is shown where nobody says otherwise. */
const FULL_RANGES: { readonly [T in SampleType]?: readonly [low: number, high: number] } = {
  uint8: [0, 255],
  int8: [-128, 127],
  uint16: [0, 65_535],
  int16: [-32_768, 32_767],
};

/** Undefined for types whose range is far wider than what any slide holds: 32-bit integers and floating numbers. */
export function getFullRange(type: SampleType): readonly [low: number, high: number] | undefined {
  return FULL_RANGES[type];
}

/** Zeroed memory for samples of a type. */
export function createSampleArray(type: SampleType, length: number): SampleArray {
  return new SAMPLE_ARRAYS[type](length);
}
