import { ByteWriter } from './byte-writer.ts';
import { NOWHERE } from './constants.ts';

/** Most children of a node: twice the format's default of 32. */
const MOST = 64;
/** Bytes of a key of two dimensions: chunk size, filters, and offsets of row, column and element. */
const KEY = 32;
/** A node has room for all it may ever have. */
const NODE = 24 + (MOST + 1) * KEY + MOST * 8;

/** Chunks of whole rows that lie one after another. */
export interface ChunkRun {
  readonly count: number;
  readonly rows: number;
  readonly columns: number;
  readonly elementBytes: number;
  /** Of the first chunk. */
  readonly address: number;
}

/** Bytes of one chunk. */
export function getChunkBytes({ rows, columns, elementBytes }: Omit<ChunkRun, 'count' | 'address'>): number {
  return rows * columns * elementBytes;
}

/** Bytes of the tree over so many chunks. */
export function getTreeBytes(count: number): number {
  return listWidths(count).reduce((sum, nodes) => sum + nodes * NODE, 0);
}

/** Address of the tree's root, when its first node lies at `start`. */
export function getRootAddress(count: number, start: number): number {
  return start + getTreeBytes(count) - NODE;
}

/**
 * The tree (version 1) by which a chunk is found, one node after another: the leaves first, the root last. Memory is that of
 * one node.
 */
export function* encodeChunkTree(run: ChunkRun, start: number): Generator<Uint8Array> {
  const chunkBytes = getChunkBytes(run);
  let child = { start: run.address, bytes: chunkBytes, chunks: 1 };
  let at = start;
  for (const [level, nodes] of listWidths(run.count).entries()) {
    const span = child.chunks * MOST;
    for (let node = 0; node < nodes; node++) {
      const beside = (other: number) => (other < 0 || other >= nodes ? NOWHERE : BigInt(at + other * NODE));
      const first = node * span;
      const last = Math.min(run.count, first + span);
      const children = Math.ceil((last - first) / child.chunks);
      const to = new ByteWriter()
        .ascii('TREE')
        .u8(1, level)
        .u16(children)
        .u64(beside(node - 1), beside(node + 1));
      for (let i = 0; i < children; i++) {
        to.u32(chunkBytes, 0).u64((first + i * child.chunks) * run.rows, 0, 0);
        to.u64(child.start + (node * MOST + i) * child.bytes);
      }
      // The last key is one beyond in every dimension.
      if (last === run.count) to.u32(0, 0).u64(last * run.rows, run.columns, run.elementBytes);
      else to.u32(chunkBytes, 0).u64(last * run.rows, 0, 0);
      yield to.skipTo(NODE).finish();
    }
    child = { start: at, bytes: NODE, chunks: span };
    at += nodes * NODE;
  }
}

/** Nodes of each level, from the leaves to the one root; none where there are no chunks. */
function listWidths(count: number): number[] {
  const widths: number[] = [];
  for (let nodes = count; nodes > 1 || (widths.length === 0 && nodes > 0); ) {
    nodes = Math.ceil(nodes / MOST);
    widths.push(nodes);
  }
  return widths;
}
