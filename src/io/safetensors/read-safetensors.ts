import { openFileSource } from '../source/file-source.ts';
import type { TensorFile } from './parse-safetensors.ts';
import { readBuffer, readTensorHeader } from './read-tensor-bytes.ts';
import { TENSOR_ARRAYS, type Tensor } from './tensor.ts';

export interface ReadTensorsOptions {
  /** Which tensors are read; the bytes of others are passed over. Default: all. */
  select?: (name: string) => boolean;
}

/**
 * Reads tensors of a file, each into memory of its own: no more is held than what was asked for, and files may be larger
 * than one array.
 * @throws SourceError, TensorFileError
 */
export async function readSafetensors(path: string, options: ReadTensorsOptions = {}): Promise<TensorFile> {
  await using source = await openFileSource(path);
  const { places, metadata } = await readTensorHeader(source);
  const tensors = new Map<string, Tensor>();
  for (const [name, { type, shape, offset, bytes }] of places) {
    if (options.select && !options.select(name)) continue;
    const TypedArray = TENSOR_ARRAYS[type];
    tensors.set(name, { type, shape, data: new TypedArray(await readBuffer(source, offset, bytes)) });
  }
  return { tensors, metadata };
}
