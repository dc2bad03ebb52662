import { basename } from 'node:path';
import { readBuffer, readTensorHeader } from '../safetensors/read-tensor-bytes.ts';
import { TENSOR_ARRAYS, type Tensor } from '../safetensors/tensor.ts';
import { toFloat32 } from '../safetensors/to-float32.ts';
import { openFileSource } from '../source/file-source.ts';
import { readNativeFeatures } from './read-native-features.ts';
import { checkCounts, isHdf5, readSlideFeatures } from './read-slide-features.ts';
import type { SlideFeatures } from './slide-features.ts';

/** The features of one slide that are read when they are asked for; whoever opens them closes them. */
export interface OpenSlideFeatures extends AsyncDisposable, Omit<SlideFeatures, 'features'> {
  /** Rows `from` up to `from + rows` as an array of the caller's own: rows x dim. @throws SourceError, ShortReadError */
  readRows(from: number, rows: number): Promise<Float32Array>;
}

/**
 * As `readSlideFeatures`, but of slideloom's own files no more of the features is in memory than the rows that are asked for. Those
 * of the other layouts are compressed in blocks, and are read as a whole.
 * @throws SourceError; TensorFileError for other files, and damaged ones
 */
export async function openSlideFeatures(path: string): Promise<OpenSlideFeatures> {
  if (!(await isHdf5(path))) return openNative(path);
  const { features, ...known } = await readSlideFeatures(path);
  const { dim } = known;
  const readRows = async (from: number, rows: number) => features.slice(from * dim, (from + rows) * dim);
  return { ...known, readRows, async [Symbol.asyncDispose]() {} };
}

async function openNative(path: string): Promise<OpenSlideFeatures> {
  const source = await openFileSource(path);
  const close = () => source.close();
  try {
    const { places, metadata } = await readTensorHeader(source);
    const tensors = new Map<string, Tensor>();
    for (const [key, { type, shape, offset, bytes }] of places) {
      const buffer = await readBuffer(source, offset, key === 'features' ? 0 : bytes);
      tensors.set(key, { type, shape, data: new TENSOR_ARRAYS[type](buffer) });
    }
    const name = basename(path).replace(/\.safetensors$/i, '');
    const { features: _none, ...known } = checkCounts(path, readNativeFeatures({ path, name }, { tensors, metadata }));
    const { type, offset } = places.get('features') ?? { type: 'F32' as const, offset: 0 };
    const TypedArray = TENSOR_ARRAYS[type];
    const rowBytes = known.dim * TypedArray.BYTES_PER_ELEMENT;
    const readRows = async (from: number, rows: number) => {
      const data = new TypedArray(await readBuffer(source, offset + from * rowBytes, rows * rowBytes));
      return toFloat32({ type, shape: [rows, known.dim], data });
    };
    return { ...known, readRows, [Symbol.asyncDispose]: close };
  } catch (error) {
    await close();
    throw error;
  }
}
