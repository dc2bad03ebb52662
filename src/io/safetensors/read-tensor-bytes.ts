import type { ByteSource } from '../source/byte-source.ts';
import { PREFIX_BYTES, parseHeader, parseHeaderLength, type TensorHeader } from './parse-header.ts';

/** Where the tensors of a file lie. @throws SourceError, TensorFileError */
export async function readTensorHeader(source: ByteSource): Promise<TensorHeader> {
  const { size, name } = source;
  const length = parseHeaderLength(await source.read(0, Math.min(PREFIX_BYTES, size)), size, name);
  return parseHeader(await source.read(PREFIX_BYTES, length), size, name);
}

/** Bytes of a file in memory of their own, at an address that suits every type. @throws SourceError, ShortReadError */
export async function readBuffer(source: ByteSource, offset: number, bytes: number): Promise<ArrayBuffer> {
  const buffer = new ArrayBuffer(bytes);
  const target = new Uint8Array(buffer);
  if (bytes === 0) return buffer;
  if (source.readInto) await source.readInto(offset, target);
  else target.set(await source.read(offset, bytes));
  return buffer;
}
