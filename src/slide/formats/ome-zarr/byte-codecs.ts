import { promisify } from 'node:util';
import { gunzip, inflate } from 'node:zlib';
import { expandZstd } from '../../../io/kernels/expand-zstd.ts';
import { CodecError } from '../../../utils/errors.ts';
import type { ByteCodec } from './codec-chain.ts';
import { decodeJpegChunk, parseJpegConfig } from './jpeg-chunks.ts';
import { crc32c } from './kernels/crc32c.ts';
import { getSampleBytes, isZarrType } from './sample-types.ts';

/** What a codec is told of the chunks that it decodes. */
export interface ChunkFacts {
  readonly dataType: string;
  readonly shape: readonly number[];
}

/** Decodes the bytes of one chunk. @throws CodecError, or what the library behind it throws */
export type DecodeBytes = (bytes: Uint8Array) => Uint8Array | Promise<Uint8Array>;

type CreateDecoder = (configuration: Readonly<Record<string, unknown>>, facts: ChunkFacts) => DecodeBytes;

/** Decoders of the library that are only let near bytes whose headers make sense. */
export interface LibraryDecoders {
  readonly blosc: DecodeBytes;
  readonly lz4: DecodeBytes;
}

/** Most bytes that a chunk may have at any step: what it decodes to, and room for codecs that did not help. */
export function getByteLimit({ dataType, shape }: ChunkFacts): number {
  const size = isZarrType(dataType) ? getSampleBytes(dataType) : 8;
  const bytes = shape.reduce((product, length) => product * length, size);
  return Math.ceil(bytes * 1.125) + 65_536;
}

/** Decoders that never make more bytes than a chunk has: a few bytes can be coded that would fill the memory. */
export function createByteCodecs(library: LibraryDecoders): Readonly<Record<ByteCodec, CreateDecoder>> {
  return {
    gzip: (_, facts) => withLimit('gzip', gunzipAsync, facts),
    zlib: (_, facts) => withLimit('zlib', inflateAsync, facts),
    zstd: (_, facts) => (bytes) => {
      const out = new Uint8Array(getByteLimit(facts));
      return out.subarray(0, expandZstd(bytes, out));
    },
    blosc: (_, facts) => (bytes) => {
      checkBloscHeader(bytes, getByteLimit(facts));
      return library.blosc(bytes);
    },
    lz4: (_, facts) => (bytes) => {
      const length = bytes.length < 4 ? -1 : view(bytes).getInt32(0, true);
      if (length < 0 || length > getByteLimit(facts))
        throw new CodecError('lz4', `a header that promises ${length} bytes`);
      return library.lz4(bytes);
    },
    crc32c: () => checkSum,
    imagecodecs_jpeg: (configuration, { dataType: type, shape }) => {
      const parameters = parseJpegConfig(configuration, { name: 'imagecodecs_jpeg', shape, type });
      return (bytes) => decodeJpegChunk(bytes, parameters);
    },
  };
}

const gunzipAsync = promisify<Uint8Array, { maxOutputLength: number }, Uint8Array>(gunzip);
const inflateAsync = promisify<Uint8Array, { maxOutputLength: number }, Uint8Array>(inflate);

function withLimit(codec: string, expand: typeof gunzipAsync, facts: ChunkFacts): DecodeBytes {
  const maxOutputLength = getByteLimit(facts);
  return async (bytes) => {
    try {
      return await expand(bytes, { maxOutputLength });
    } catch (cause) {
      throw new CodecError(codec, cause instanceof Error ? cause.message : String(cause), { cause });
    }
  };
}

/** The header of c-blosc 1: version, versionlz, flags, typesize, then three 32-bit lengths. */
function checkBloscHeader(bytes: Uint8Array, limit: number): void {
  if (bytes.length < 16) throw new CodecError('blosc', `${bytes.length} bytes, less than a header`);
  const header = view(bytes);
  const [length, block, stored] = [4, 8, 12].map((at) => header.getUint32(at, true)) as [number, number, number];
  if (bytes[0] !== 2 || bytes[3] === 0) throw new CodecError('blosc', `a header of version ${bytes[0]}`);
  if (length > limit) throw new CodecError('blosc', `a header that promises ${length} bytes, more than ${limit}`);
  if (stored !== bytes.length) throw new CodecError('blosc', `${bytes.length} bytes where the header says ${stored}`);
  if (length > 0 && (block === 0 || block > limit)) throw new CodecError('blosc', `blocks of ${block} bytes`);
}

/** Takes the sum from the end, and holds it against the bytes before it. */
function checkSum(bytes: Uint8Array): Uint8Array {
  if (bytes.length < 4) throw new CodecError('crc32c', 'the bytes end before their checksum');
  const content = bytes.subarray(0, -4);
  const stored = view(bytes).getUint32(content.length, true);
  if (crc32c(content) !== stored) throw new CodecError('crc32c', 'the checksum does not match: the bytes are damaged');
  return content;
}

function view({ buffer, byteOffset, byteLength }: Uint8Array): DataView {
  return new DataView(buffer, byteOffset, byteLength);
}
