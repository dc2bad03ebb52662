import type { ByteSource } from '../source/byte-source.ts';
import { openFileSource } from '../source/file-source.ts';
import { PREFIX_BYTES, parseHeader, parseHeaderLength } from './parse-header.ts';
import type { TensorFile } from './parse-safetensors.ts';
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
  const { size } = source;
  const length = parseHeaderLength(await source.read(0, Math.min(PREFIX_BYTES, size)), size, path);
  const { places, metadata } = parseHeader(await source.read(PREFIX_BYTES, length), size, path);
  const tensors = new Map<string, Tensor>();
  for (const [name, { type, shape, offset, bytes }] of places) {
    if (options.select && !options.select(name)) continue;
    const TypedArray = TENSOR_ARRAYS[type];
    tensors.set(name, { type, shape, data: new TypedArray(await readBuffer(source, offset, bytes)) });
  }
  return { tensors, metadata };
}

async function readBuffer(source: ByteSource, offset: number, bytes: number): Promise<ArrayBuffer> {
  const buffer = new ArrayBuffer(bytes);
  const target = new Uint8Array(buffer);
  if (bytes === 0) return buffer;
  if (source.readInto) await source.readInto(offset, target);
  else target.set(await source.read(offset, bytes));
  return buffer;
}
