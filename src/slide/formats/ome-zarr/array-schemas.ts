import { z } from 'zod';
import { UnsupportedFormatError } from '../../../utils/errors.ts';
import { checkDocument } from './check-document.ts';
import type { CodecEntry } from './codec-chain.ts';
import { isZarrType, parseNumpyType, type ZarrType } from './sample-types.ts';
import { isJsonObject, type ZarrNode } from './zarr-nodes.ts';

/** What both versions of the metadata of an array say. */
export interface ArrayFacts {
  readonly shape: readonly number[];
  /** Of what is stored in one object. */
  readonly grid: readonly number[];
  readonly type: ZarrType;
  readonly codecs: readonly CodecEntry[];
  readonly keys: { readonly style: 'v2' | 'default'; readonly separator: '/' | '.' };
  /** The samples of a chunk that is not stored. */
  readonly fill: number;
}

/** NGFF has five axes at most; a few more do no harm. */
const MAX_AXES = 8;

const sizes = z
  .array(
    z
      .int()
      .min(1)
      .max(2 ** 31 - 1),
  )
  .min(1)
  .max(MAX_AXES);
const separator = z.enum(['/', '.']);

const version2 = z.looseObject({
  zarr_format: z.literal(2),
  shape: sizes,
  chunks: sizes,
  dtype: z.string(),
  compressor: z.looseObject({ id: z.string() }).nullish(),
  filters: z.array(z.looseObject({ id: z.string() })).nullish(),
  fill_value: z.unknown(),
  order: z.enum(['C', 'F']),
  dimension_separator: separator.optional(),
});

/** Extensions are objects, or their bare names. */
const named = <T extends z.ZodRawShape>(shape: T) =>
  z.preprocess((value) => (typeof value === 'string' ? { name: value } : value), z.looseObject(shape));
const codecsSchema = z
  .array(named({ name: z.string(), configuration: z.record(z.string(), z.unknown()).optional() }))
  .min(1)
  .max(16);

const version3 = z.looseObject({
  zarr_format: z.literal(3),
  shape: sizes,
  data_type: z.string(),
  chunk_grid: named({ name: z.literal('regular'), configuration: z.looseObject({ chunk_shape: sizes }) }),
  chunk_key_encoding: named({
    name: z.enum(['default', 'v2']),
    configuration: z.looseObject({ separator: separator.optional() }).optional(),
  }),
  fill_value: z.unknown(),
  codecs: codecsSchema,
  storage_transformers: z.array(z.unknown()).max(0, 'storage transformers are not read').optional(),
});

export function readVersion2({ document }: ZarrNode, name: string): ArrayFacts {
  const found = checkDocument(version2, document, { name, what: '.zarray' });
  const sample = parseNumpyType(found.dtype);
  if (!sample) throw refuseType(found.dtype, name);
  const { type, bigEndian } = sample;
  const [filter] = found.filters ?? [];
  if (filter) throw new UnsupportedFormatError(name, `the filter "${filter.id}" is not read`);
  const codecs: CodecEntry[] = [];
  const axes = found.shape.map((_, axis) => axis);
  if (found.order === 'F') codecs.push({ name: 'transpose', configuration: { order: axes.reverse() } });
  codecs.push({ name: 'bytes', configuration: { endian: bigEndian ? 'big' : 'little' } });
  if (found.compressor) {
    const { id, ...configuration } = found.compressor;
    codecs.push({ name: id, configuration });
  }
  return {
    ...{ shape: found.shape, grid: found.chunks, type, codecs },
    keys: { style: 'v2', separator: found.dimension_separator ?? '.' },
    fill: readFill(found.fill_value, name),
  };
}

export function readVersion3({ document }: ZarrNode, name: string): ArrayFacts {
  // A type that is an object is an extension; its name says which.
  const type = document['data_type'];
  if (isJsonObject(type)) throw refuseType(String(type['name']), name);
  const found = checkDocument(version3, document, { name, what: 'zarr.json' });
  if (!isZarrType(found.data_type)) throw refuseType(found.data_type, name);
  const style = found.chunk_key_encoding.name;
  const given = found.chunk_key_encoding.configuration?.separator;
  return {
    ...{ shape: found.shape, grid: found.chunk_grid.configuration.chunk_shape, type: found.data_type },
    codecs: found.codecs.map((codec) => ({ name: codec.name, configuration: codec.configuration ?? {} })),
    keys: { style, separator: given ?? (style === 'default' ? '/' : '.') },
    fill: readFill(found.fill_value, name),
  };
}

function refuseType(type: string, name: string): UnsupportedFormatError {
  return new UnsupportedFormatError(name, `samples of the type "${type}" are not read`);
}

/** JSON has no words for some floats. None at all (v2) leaves the samples open: zero, as NumPy would mostly find there. */
function readFill(value: unknown, name: string): number {
  if (typeof value === 'number') return value;
  if (value === null || value === undefined) return 0;
  if (value === 'NaN' || value === 'Infinity' || value === '-Infinity') return Number(value);
  throw new UnsupportedFormatError(name, `the fill value ${JSON.stringify(value)} is not read`);
}
