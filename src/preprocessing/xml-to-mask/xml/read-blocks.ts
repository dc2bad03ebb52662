import type { ByteSource } from '../../../io/source/byte-source.ts';
import { AnnotationError } from '../../../utils/errors.ts';
import { detectEncoding, type TextEncoding } from './decode-bytes.ts';

/** Bytes that are read at once. */
const BLOCK = 2 ** 18;

/** Encoding of the text of a file. @throws AnnotationError, SourceError */
export async function readEncoding(source: ByteSource, signal?: AbortSignal): Promise<TextEncoding> {
  const head = await source.read(0, Math.min(source.size, 256), signal ? { signal } : {});
  return detectEncoding(head, source.name);
}

/**
 * The text of a file as blocks of bytes in which every character of markup is one byte: as stored, or UTF-8 made of UTF-16,
 * without a byte order mark. A block is void once the next is asked for. Ends at NUL bytes that fill a file to its end.
 * @throws AnnotationError for a NUL byte in the middle; SourceError
 */
export async function* readBlocks(
  source: ByteSource,
  encoding: TextEncoding,
  signal?: AbortSignal,
): AsyncGenerator<Uint8Array, void, undefined> {
  const decoder = encoding.transcode ? new TextDecoder(encoding.label) : undefined;
  const buffer = source.readInto ? new Uint8Array(Math.min(BLOCK, source.size)) : undefined;
  let padding = -1;
  for (let offset = 0; offset < source.size; offset += BLOCK) {
    const stored = await readBlock(source, offset, { buffer, signal });
    const last = offset + BLOCK >= source.size;
    const bytes = decoder ? Buffer.from(decoder.decode(stored, { stream: !last })) : stripMark(stored, offset);
    const zero = padding >= 0 ? 0 : bytes.indexOf(0);
    if (zero >= 0) {
      if (padding < 0) padding = offset + zero;
      if (bytes.subarray(zero).some((byte) => byte !== 0 && byte > 0x20)) throw createNulError(source.name, padding);
    }
    const text = zero < 0 ? bytes : bytes.subarray(0, zero);
    if (text.length > 0) yield text;
  }
}

async function readBlock(
  source: ByteSource,
  offset: number,
  { buffer, signal }: { buffer: Uint8Array | undefined; signal: AbortSignal | undefined },
): Promise<Uint8Array> {
  const options = signal ? { signal } : {};
  const length = Math.min(BLOCK, source.size - offset);
  if (!buffer || !source.readInto) return source.read(offset, length, options);
  const target = buffer.subarray(0, length);
  await source.readInto(offset, target, options);
  return target;
}

function stripMark(bytes: Uint8Array, offset: number): Uint8Array {
  const marked = offset === 0 && bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf;
  return marked ? bytes.subarray(3) : bytes;
}

function createNulError(name: string, offset: number): AnnotationError {
  return new AnnotationError(name, `a NUL byte at ${offset}, with more text behind it`, {
    hint: 'the file is damaged: export or copy it anew',
  });
}
