import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { deflateSync, gzipSync } from 'node:zlib';
import * as zarr from 'zarrita';
import type { SampleArray } from '../../src/io/sample-raster.ts';

export type ZarrFiles = Map<string, Uint8Array>;

/** A small array to store; samples in order C. */
export interface TinyArray {
  readonly version?: 2 | 3;
  readonly shape: readonly number[];
  readonly chunk: readonly number[];
  readonly type?: string;
  readonly data: SampleArray;
  readonly codec?: 'none' | 'gzip' | 'zlib' | 'zstd' | 'blosc' | 'lz4';
  readonly checksum?: boolean;
  readonly separator?: '/' | '.';
  /** Chunks of a shard along each axis, and where its index stands (v3). */
  readonly shard?: readonly number[];
  readonly indexAtStart?: boolean;
  readonly fill?: number;
  /** Chunks that are not stored. */
  readonly missing?: (place: readonly number[]) => boolean;
}

const TYPES: Readonly<Record<string, string>> = {
  ...{ uint8: '|u1', int8: '|i1', uint16: '<u2', int16: '<i2', uint32: '<u4', int32: '<i4' },
  ...{ float32: '<f4', float64: '<f8' },
};

/** Metadata and chunks of an array, by their names below its folder. */
export async function buildZarrArray(array: TinyArray): Promise<ZarrFiles> {
  const files: ZarrFiles = new Map();
  const { version = 2, shape, chunk } = array;
  files.set(version === 2 ? '.zarray' : 'zarr.json', toJson(version === 2 ? describeV2(array) : describeV3(array)));
  const grid = shape.map((size, axis) => Math.ceil(size / chunk[axis]!));
  const shards = new Map<string, { place: number[]; inner: number[]; bytes: Uint8Array }[]>();
  for (const place of listPlaces(grid)) {
    if (array.missing?.(place)) continue;
    const bytes = await encode(cutChunk(array, place), array);
    if (!array.shard) files.set(getKey(array, place), bytes);
    else {
      const outer = place.map((at, axis) => Math.floor(at / array.shard![axis]!));
      const key = getKey(array, outer);
      const inner = place.map((at, axis) => at % array.shard![axis]!);
      shards.set(key, [...(shards.get(key) ?? []), { place, inner, bytes }]);
    }
  }
  for (const [key, parts] of shards) files.set(key, joinShard(array, parts));
  return files;
}

/** A group with an NGFF image of one or more arrays, named 0, 1, 2 ... */
export async function buildNgff(
  version: 2 | 3,
  arrays: readonly TinyArray[],
  {
    axes,
    scales,
    scale,
    omero,
    name,
  }: {
    axes: readonly ({ name: string; type?: string; unit?: string } | string)[];
    scales?: readonly (readonly number[])[];
    scale?: readonly number[];
    omero?: object;
    name?: string;
  },
): Promise<ZarrFiles> {
  const files: ZarrFiles = new Map();
  const datasets = arrays.map((_, i) => ({
    path: String(i),
    ...(scales && { coordinateTransformations: [{ type: 'scale', scale: scales[i] }] }),
  }));
  const multiscale = {
    ...{ version: version === 2 ? '0.4' : undefined, axes, datasets, name },
    ...(scale && { coordinateTransformations: [{ type: 'scale', scale }] }),
  };
  setGroup(files, '', version, { ...(version === 3 && { version: '0.5' }), multiscales: [multiscale], omero });
  for (const [i, array] of arrays.entries()) {
    for (const [key, bytes] of await buildZarrArray({ version, ...array })) files.set(`${i}/${key}`, bytes);
  }
  return files;
}

/** Metadata of a group with OME attributes. */
export function setGroup(files: ZarrFiles, path: string, version: 2 | 3, ome: object): void {
  const at = path === '' ? '' : `${path}/`;
  if (version === 3) {
    files.set(`${at}zarr.json`, toJson({ zarr_format: 3, node_type: 'group', attributes: { ome } }));
    return;
  }
  files.set(`${at}.zgroup`, toJson({ zarr_format: 2 }));
  files.set(`${at}.zattrs`, toJson(ome));
}

/** Puts one folder's files below another's. */
export function nest(files: ZarrFiles, path: string): ZarrFiles {
  return new Map([...files].map(([key, bytes]) => [`${path}/${key}`, bytes]));
}

/** Folders on the disk that are removed by `clean`. */
export function createZarrFolders(): { write(files: ZarrFiles, name?: string): string; clean(): void } {
  const root = mkdtempSync(join(tmpdir(), 'slideloom-zarr-'));
  let count = 0;
  return {
    write(files, name = `${count++}.zarr`) {
      for (const [key, bytes] of files) {
        const path = join(root, name, key);
        mkdirSync(dirname(path), { recursive: true });
        writeFileSync(path, bytes);
      }
      return join(root, name);
    },
    clean: () => rmSync(root, { recursive: true }),
  };
}

export function toJson(value: unknown): Uint8Array {
  return Buffer.from(JSON.stringify(value));
}

/** All places of a grid, the last axis fastest. */
export function* listPlaces(grid: readonly number[]): Generator<number[]> {
  const total = grid.reduce((a, b) => a * b, 1);
  for (let i = 0; i < total; i++) {
    let rest = i;
    const place = new Array<number>(grid.length);
    for (let axis = grid.length - 1; axis >= 0; axis--) {
      place[axis] = rest % grid[axis]!;
      rest = Math.floor(rest / grid[axis]!);
    }
    yield place;
  }
}

function describeV2({ shape, chunk, type = 'uint8', codec = 'none', separator = '/', fill = 0 }: TinyArray): object {
  return {
    ...{ zarr_format: 2, shape, chunks: chunk, dtype: TYPES[type], fill_value: fill, order: 'C', filters: null },
    compressor: codec === 'none' ? null : { id: codec, ...SETTINGS[codec] },
    dimension_separator: separator,
  };
}

const SETTINGS = {
  blosc: { cname: 'lz4', clevel: 5, shuffle: 1, blocksize: 0 },
  ...{ gzip: { level: 1 }, zlib: { level: 1 }, zstd: { level: 1 }, lz4: { acceleration: 1 } },
} as const;

function describeV3(array: TinyArray): object {
  const { shape, chunk, type = 'uint8', codec = 'none', separator, fill = 0, shard, checksum } = array;
  const bytes = { name: 'bytes', configuration: { endian: 'little' } };
  const sum = { name: 'crc32c' };
  const inner = [
    bytes,
    ...(codec === 'none' ? [] : [{ name: codec, configuration: SETTINGS[codec] }]),
    ...(checksum ? [sum] : []),
  ];
  const sharding = {
    name: 'sharding_indexed',
    configuration: {
      ...{ chunk_shape: chunk, codecs: inner, index_codecs: [bytes, sum] },
      index_location: array.indexAtStart ? 'start' : 'end',
    },
  };
  return {
    ...{ zarr_format: 3, node_type: 'array', shape, data_type: type, fill_value: fill, attributes: {} },
    chunk_grid: { name: 'regular', configuration: { chunk_shape: chunk.map((size, i) => size * (shard?.[i] ?? 1)) } },
    chunk_key_encoding: { name: 'default', ...(separator && { configuration: { separator } }) },
    codecs: shard ? [sharding] : inner,
  };
}

function getKey({ version = 2, separator = '/' }: TinyArray, place: readonly number[]): string {
  return [...(version === 3 ? ['c'] : []), ...place].join(separator);
}

/** A whole chunk: past the edges it is made of the fill value. */
function cutChunk({ shape, chunk, data, fill = 0 }: TinyArray, place: readonly number[]): Uint8Array {
  const total = chunk.reduce((a, b) => a * b, 1);
  const out = newLike(data, total).fill(fill);
  let to = 0;
  for (const at of listPlaces(chunk)) {
    const where = at.map((offset, axis) => place[axis]! * chunk[axis]! + offset);
    if (where.every((value, axis) => value < shape[axis]!)) {
      out[to] = data[where.reduce((sum, value, axis) => sum * shape[axis]! + value, 0)]!;
    }
    to++;
  }
  return new Uint8Array(out.buffer);
}

function newLike<T extends SampleArray>(data: T, length: number): T {
  return new (data.constructor as new (length: number) => T)(length);
}

async function encode(bytes: Uint8Array, { codec = 'none', checksum }: TinyArray): Promise<Uint8Array> {
  const stored = await compress(bytes, codec);
  return checksum ? withCrc32c(stored) : stored;
}

async function compress(bytes: Uint8Array, codec: NonNullable<TinyArray['codec']>): Promise<Uint8Array> {
  if (codec === 'none') return bytes;
  if (codec === 'gzip') return gzipSync(bytes);
  if (codec === 'zlib') return deflateSync(bytes);
  const entry = await zarr.registry.get(codec)!();
  const meta = { dataType: 'uint8', shape: [], codecs: [], fillValue: null } as const;
  return (await entry.fromConfig(SETTINGS[codec], { ...meta, shape: [], codecs: [] }).encode(bytes)) as Uint8Array;
}

/** Bit by bit, as the definition says it. */
export function withCrc32c(bytes: Uint8Array): Uint8Array {
  let crc = 0xffffffff;
  for (const byte of bytes) {
    crc ^= byte;
    for (let bit = 0; bit < 8; bit++) crc = crc & 1 ? (crc >>> 1) ^ 0x82f63b78 : crc >>> 1;
  }
  const sum = Buffer.alloc(4);
  sum.writeUInt32LE(~crc >>> 0);
  return Buffer.concat([bytes, sum]);
}

function joinShard(
  { shard = [], indexAtStart = false }: TinyArray,
  parts: readonly { inner: readonly number[]; bytes: Uint8Array }[],
): Uint8Array {
  const cells = shard.reduce((a, b) => a * b, 1);
  const index = Buffer.alloc(cells * 16, 255);
  let at = indexAtStart ? cells * 16 + 4 : 0;
  for (const { inner, bytes } of parts) {
    const cell = inner.reduce((sum, value, axis) => sum * shard[axis]! + value, 0);
    index.writeBigUInt64LE(BigInt(at), cell * 16);
    index.writeBigUInt64LE(BigInt(bytes.length), cell * 16 + 8);
    at += bytes.length;
  }
  const data = Buffer.concat(parts.map(({ bytes }) => bytes));
  return indexAtStart ? Buffer.concat([withCrc32c(index), data]) : Buffer.concat([data, withCrc32c(index)]);
}
