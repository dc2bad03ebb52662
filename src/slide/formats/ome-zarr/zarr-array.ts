/** The one place that imports zarrita; loaded when a Zarr slide is opened, and by no other. */
import * as zarr from 'zarrita';
import type { SampleArray } from '../../../io/sample-raster.ts';
import { CodecError, isSlideloomError } from '../../../utils/errors.ts';
import { type ArrayInfo, getObjectKey } from './array-info.ts';
import { createByteCodecs, type DecodeBytes, getByteLimit, type LibraryDecoders } from './byte-codecs.ts';
import type { ChunkGate } from './chunk-gate.ts';
import type { CodecEntry } from './codec-chain.ts';
import type { ZarrStore } from './zarr-store.ts';

/** The samples of one chunk, which is always whole: at the edges of the array it reaches past them. */
export interface ZarrChunk {
  readonly samples: SampleArray;
  /** Samples from one to the next, for each axis. */
  readonly steps: readonly number[];
}

export interface ZarrArray {
  readonly info: ArrayInfo;
  /**
   * A chunk by its place in the grid of chunks; one that is not stored is made of the fill value.
   * @throws CodecError, ShortReadError, SourceError, RemoteError
   */
  readChunk(place: readonly number[]): Promise<ZarrChunk>;
  /** The stored bytes of a chunk, where an object holds it alone; undefined where there is none. */
  readStored(place: readonly number[]): Promise<Uint8Array | undefined>;
}

/** Names in zarrita's registry, which belongs to all who use it: slideloom's codecs stand beside its own. */
const PREFIX = 'slideloom.';
registerCodecs();

export function openZarrArray(info: ArrayInfo, { store, gate }: { store: ZarrStore; gate: ChunkGate }): ZarrArray {
  const most = getByteLimit({ dataType: info.type, shape: info.chunk });
  const array = new zarr.Array(createReadable(info, store, most), '/', createMetadata(info));
  return {
    info,
    readChunk: (place) =>
      // The stored bytes, and what codecs make of them on the way, are counted as once more the chunk.
      gate.run(info.chunkBytes * 2, async () => {
        const { data, stride } = await array.getChunk([...place]).catch((error: unknown) => {
          throw explain(error, info);
        });
        const samples = data as SampleArray;
        if (samples.length === info.chunkSamples) return { samples, steps: stride };
        throw new CodecError(info.chain.name, `${samples.length} samples in a chunk of ${info.chunkSamples}`);
      }),
    readStored: (place) => store.read(getObjectKey(info, place), most),
  };
}

/** What zarrita asks for: `key` is that of an object below the array. */
function createReadable({ name, path, chain, shard }: ArrayInfo, store: ZarrStore, most: number): zarr.AsyncReadable {
  const toKey = (key: string) => (path === '' ? key.slice(1) : `${path}${key}`);
  const indexBytes = (shard?.length ?? 0) === 0 ? 0 : MAX_INDEX_BYTES;
  return {
    get: (key) => store.read(toKey(key), most),
    getRange: (key, range) =>
      store.readPart(toKey(key), (size) => {
        const suffix = 'suffixLength' in range;
        const length = suffix ? range.suffixLength : range.length;
        if (!Number.isSafeInteger(length) || length > Math.max(most, suffix ? indexBytes : 0))
          throw new CodecError('sharding_indexed', `${name}: a chunk of ${length} bytes in a shard`);
        // zarrita knows of indices at the end only.
        const offset = suffix ? (chain.index?.atStart ? 0 : size - length) : range.offset;
        return { offset, length };
      }),
  };
}

/** 16 MiB (see array-info.ts) and checksums. */
const MAX_INDEX_BYTES = 16 * 2 ** 20 + 64;

function createMetadata({ shape, chunk, shard, type, keys, fill, chain }: ArrayInfo): zarr.ArrayMetadata {
  const codecs = toLibrary(chain.codecs);
  const index_codecs = chain.index && toLibrary(chain.index.codecs);
  const sharding = { name: 'sharding_indexed', configuration: { chunk_shape: [...chunk], codecs, index_codecs } };
  return {
    ...{ zarr_format: 3, node_type: 'array', shape: [...shape], data_type: type, fill_value: fill, attributes: {} },
    chunk_grid: { name: 'regular', configuration: { chunk_shape: [...(shard ?? chunk)] } },
    chunk_key_encoding: { name: keys.style, configuration: { separator: keys.separator } },
    codecs: shard ? [sharding] : codecs,
  };
}

/** zarrita's own codecs for the order of samples, slideloom's for the rest. */
function toLibrary(codecs: readonly CodecEntry[]): zarr.CodecMetadata[] {
  return codecs.map(({ name, configuration }) => {
    const own = name !== 'bytes' && name !== 'transpose';
    return { name: own ? `${PREFIX}${name}` : name, configuration: { ...configuration } };
  });
}

function registerCodecs(): void {
  const library: LibraryDecoders = { blosc: loadDecoder('blosc'), lz4: loadDecoder('lz4') };
  for (const [name, create] of Object.entries(createByteCodecs(library))) {
    zarr.registry.set(`${PREFIX}${name}`, async () => ({
      fromConfig: (configuration, facts) => ({
        kind: 'bytes_to_bytes',
        encode: () => {
          throw new CodecError(name, 'is only read');
        },
        decode: create(configuration as Readonly<Record<string, unknown>>, facts),
        ...(name === 'crc32c' && { computeEncodedSize: (size: number) => size + 4 }),
      }),
    }));
  }
}

/** A decoder of numcodecs, WebAssembly that zarrita loads at the first chunk. Its settings are for encoders. */
function loadDecoder(name: 'blosc' | 'lz4'): DecodeBytes {
  let loading: Promise<DecodeBytes> | undefined;
  const load = async (): Promise<DecodeBytes> => {
    const entry = await zarr.registry.get(name)?.();
    const settings = name === 'blosc' ? { clevel: 5, cname: 'lz4', shuffle: 1, blocksize: 0 } : { acceleration: 1 };
    const codec = entry?.fromConfig(settings, { dataType: 'uint8', shape: [], codecs: [], fillValue: null });
    if (!codec) throw new CodecError(name, 'is not in this version of zarrita');
    return (bytes) => codec.decode(bytes);
  };
  return async (bytes) => {
    loading ??= load();
    const decode = await loading;
    try {
      return await decode(bytes);
    } catch (cause) {
      // Emscripten throws numbers.
      throw new CodecError(name, cause instanceof Error ? cause.message : 'the bytes can not be decoded', { cause });
    }
  };
}

/** zarrita wraps what a codec throws. */
function explain(error: unknown, { chain }: ArrayInfo): unknown {
  const cause = zarr.isZarritaError(error, 'CodecPipelineError') ? error.cause : error;
  if (isSlideloomError(cause)) return cause;
  return new CodecError(chain.name, cause instanceof Error ? cause.message : String(cause), { cause: error });
}
