import { z } from 'zod';
import { UnsupportedFormatError } from '../../../utils/errors.ts';
import { checkDocument } from './check-document.ts';
import { parseJpegConfig } from './jpeg-chunks.ts';
import type { ZarrType } from './sample-types.ts';

export interface CodecEntry {
  readonly name: string;
  readonly configuration: Readonly<Record<string, unknown>>;
}

/** How the chunks of an array are coded, in the order of encoding; every codec of it is known and its settings make sense. */
export interface CodecChain {
  readonly codecs: readonly CodecEntry[];
  /** For people: what does the compressing. */
  readonly name: string;
  /** Of a sharded array: how the index of a shard is coded, and at which end it stands. */
  readonly index?: { readonly codecs: readonly CodecEntry[]; readonly atStart: boolean };
}

/** Codecs from bytes to bytes that are read; `numcodecs.` before their names, as zarr-python has it, is the same. */
export const BYTE_CODECS = ['blosc', 'gzip', 'zlib', 'zstd', 'lz4', 'crc32c', 'imagecodecs_jpeg'] as const;

export type ByteCodec = (typeof BYTE_CODECS)[number];

interface ChainContext {
  readonly name: string;
  /** Of a chunk. */
  readonly shape: readonly number[];
  readonly type: ZarrType | 'uint64';
}

/** @throws UnsupportedFormatError */
export function parseChain(entries: readonly CodecEntry[], context: ChainContext): CodecChain {
  const codecs = entries.map((entry) => parseCodec(entry, context));
  const names = codecs.map((codec) => codec.name);
  const at = names.indexOf('bytes');
  const misplaced = names.some((name, i) => (name === 'transpose' ? i !== 0 || at !== 1 : name !== 'bytes' && i < at));
  if (at < 0 || at !== names.lastIndexOf('bytes') || misplaced)
    throw new UnsupportedFormatError(context.name, `the codecs ${names.join(', ')} make no chain that is read`);
  const visible = names.slice(at + 1).filter((name) => name !== 'crc32c');
  return { codecs, name: visible.join('+') || 'uncompressed' };
}

function parseCodec({ name, configuration }: CodecEntry, context: ChainContext): CodecEntry {
  const short = name.replace(/^numcodecs\./, '');
  const where = { name: context.name, what: `the codec "${short}"` };
  if (short === 'bytes') return { name: short, configuration: checkDocument(bytesSchema, configuration, where) };
  if (short === 'transpose') return { name: short, configuration: parseTranspose(configuration, context) };
  if (short === 'imagecodecs_jpeg') parseJpegConfig(configuration, context);
  if (BYTE_CODECS.some((known) => known === short)) return { name: short, configuration };
  throw new UnsupportedFormatError(context.name, `chunks of the codec "${name}" are not read`, {
    hint: `codecs that are: ${BYTE_CODECS.join(', ')}`,
  });
}

const bytesSchema = z.object({ endian: z.enum(['little', 'big']).default('little') });

function parseTranspose(
  configuration: Readonly<Record<string, unknown>>,
  { name, shape }: ChainContext,
): { order: number[] } {
  const schema = z.object({ order: z.array(z.int()) });
  const { order } = checkDocument(schema, configuration, { name, what: 'the codec "transpose"' });
  const sorted = order.toSorted((a, b) => a - b);
  if (sorted.length === shape.length && sorted.every((axis, i) => axis === i)) return { order };
  throw new UnsupportedFormatError(name, `the codec "transpose": [${order.join(', ')}] is no order of axes`);
}

const shardingSchema = z.looseObject({
  chunk_shape: z.array(z.int().min(1)),
  codecs: z.array(z.unknown()),
  index_codecs: z.array(z.unknown()),
  index_location: z.enum(['start', 'end']).default('end'),
});
const entrySchema = z.preprocess(
  (value) => (typeof value === 'string' ? { name: value } : value),
  z.looseObject({ name: z.string(), configuration: z.record(z.string(), z.unknown()).default({}) }),
);

/** A chain that is the sharding codec of Zarr v3 alone. @throws UnsupportedFormatError */
export function parseShardedChain(
  entries: readonly CodecEntry[],
  { name, grid, type }: { readonly name: string; readonly grid: readonly number[]; readonly type: ZarrType },
): { chunk: readonly number[]; chain: CodecChain } {
  const [sharding, ...others] = entries;
  if (sharding?.name !== 'sharding_indexed' || others.length > 0)
    throw new UnsupportedFormatError(name, 'shards that are coded once more are not read');
  const where = { name, what: 'the codec "sharding_indexed"' };
  const found = checkDocument(shardingSchema, sharding.configuration, where);
  const chunk = found.chunk_shape;
  if (chunk.length !== grid.length || grid.some((size, axis) => size % (chunk[axis] ?? 0) !== 0))
    throw new UnsupportedFormatError(name, `shards of ${grid.join(' x ')} in chunks of ${chunk.join(' x ')}`);
  const parse = (codecs: readonly unknown[]) => codecs.map((codec) => checkDocument(entrySchema, codec, where));
  const chain = parseChain(parse(found.codecs), { name, shape: chunk, type });
  const places = grid.map((size, axis) => size / (chunk[axis] ?? 1));
  const index = parseChain(parse(found.index_codecs), { name, shape: [...places, 2], type: 'uint64' });
  // Its size must be known before it is read.
  const variable = index.codecs.find((codec) => codec.name !== 'bytes' && codec.name !== 'crc32c');
  if (variable) throw new UnsupportedFormatError(name, `an index of shards with the codec "${variable.name}"`);
  return { chunk, chain: { ...chain, index: { codecs: index.codecs, atStart: found.index_location === 'start' } } };
}
