import { UnsupportedFormatError } from '../../../utils/errors.ts';
import { type ArrayFacts, readVersion2, readVersion3 } from './array-schemas.ts';
import { type CodecChain, parseChain, parseShardedChain } from './codec-chain.ts';
import { getSampleBytes } from './sample-types.ts';
import type { ZarrNode } from './zarr-nodes.ts';

/** A Zarr array as its metadata describe it, checked: nothing in it is taken on trust any more. */
export interface ArrayInfo extends Pick<ArrayFacts, 'shape' | 'type' | 'keys' | 'fill'> {
  /** For messages. */
  readonly name: string;
  /** Key of its folder below the store. */
  readonly path: string;
  /** Of what is decoded at once: of a sharded array its inner chunks. */
  readonly chunk: readonly number[];
  /** Samples and bytes of a decoded chunk. */
  readonly chunkSamples: number;
  readonly chunkBytes: number;
  /** Of a sharded array: the chunks that one object holds. */
  readonly shard: readonly number[] | undefined;
  readonly chain: CodecChain;
}

/** Bytes of the index of a shard: 16 for each of its chunks. */
const MAX_INDEX = 16 * 2 ** 20;

/**
 * @param maxBytes a chunk that decodes to more is refused
 * @throws UnsupportedFormatError for metadata that make no sense, and for what is not read
 */
export function readArrayInfo(
  node: ZarrNode,
  { name, maxBytes }: { readonly name: string; readonly maxBytes: number },
): ArrayInfo {
  if (node.kind !== 'array') throw new UnsupportedFormatError(name, 'a group where an array is expected');
  const facts = node.version === 2 ? readVersion2(node, name) : readVersion3(node, name);
  const { shape, grid, type, codecs } = facts;
  if (grid.length !== shape.length)
    throw new UnsupportedFormatError(name, `chunks of ${grid.length} axes in an array of ${shape.length}`);
  const sharding = codecs.find((codec) => codec.name === 'sharding_indexed');
  const sharded = sharding && parseShardedChain(codecs, { name, grid, type });
  const chunk = sharded?.chunk ?? grid;
  const chain = sharded?.chain ?? parseChain(codecs, { name, shape: grid, type });
  const chunkSamples = multiply(chunk);
  const chunkBytes = chunkSamples * getSampleBytes(type);
  if (!(chunkBytes <= maxBytes))
    throw new UnsupportedFormatError(name, `chunks of ${chunk.join(' x ')} samples, more than ${maxBytes} bytes each`, {
      hint: 'raise maxTileBytes where memory allows, or write the slide anew in smaller chunks',
    });
  const perShard = sharded ? multiply(grid.map((size, axis) => size / (chunk[axis] ?? 1))) : 1;
  if (!(perShard * 16 <= MAX_INDEX)) throw new UnsupportedFormatError(name, `shards of ${perShard} chunks`);
  const { keys, fill } = facts;
  return {
    ...{ name, path: node.path, shape, type, chunk, chunkSamples, chunkBytes, chain, keys, fill },
    shard: sharded && grid,
  };
}

function multiply(sizes: readonly number[]): number {
  return sizes.reduce((product, size) => product * size, 1);
}

/** The key of the object at a place of the grid of objects. */
export function getObjectKey({ path, keys }: ArrayInfo, place: readonly number[]): string {
  const parts = keys.style === 'default' ? ['c', ...place] : place;
  return `${path === '' ? '' : `${path}/`}${parts.join(keys.separator)}`;
}
