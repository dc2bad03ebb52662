import { ByteWriter } from './byte-writer.ts';
import { NOWHERE } from './constants.ts';

/** Half of the most symbols that a node has, and half of the most children of a tree's node: the format's defaults. */
export const GROUP_SIZES = { leaf: 4, internal: 16 } as const;
/** Most members of a group that is written here: one node of symbols. */
export const MOST_MEMBERS = 2 * GROUP_SIZES.leaf;

const TREE = 24 + (2 * GROUP_SIZES.internal + 1) * 8 + 2 * GROUP_SIZES.internal * 8;
const HEAP_HEAD = 32;
const SYMBOL = 40;

/** A member of a group, and where its header lies. */
export interface Member {
  readonly name: string;
  readonly address: number;
}

/** What the header of a group points to. */
export interface GroupPlaces {
  readonly tree: number;
  readonly heap: number;
}

/** Where the parts of a group lie that begins at `start`. */
export function placeGroup(start: number): GroupPlaces {
  return { tree: start, heap: start + TREE };
}

/** The tree, names and symbols of a group at `start`; as long for the same names, whatever the addresses. */
export function encodeGroup(members: readonly Member[], start: number): Uint8Array {
  // By bytes, as the library looks them up.
  const sorted = members.toSorted((a, b) => Buffer.compare(Buffer.from(a.name), Buffer.from(b.name)));
  const names = new ByteWriter().u64(0); // the empty name
  const symbols = sorted.map(({ name, address }) => {
    const at = names.length;
    names.bytes(Buffer.from(`${name}\0`)).pad(8);
    return { at, address };
  });
  const { heap } = placeGroup(start);
  const nodes = heap + HEAP_HEAD + names.length;
  const to = new ByteWriter().ascii('TREE').u8(0, 0).u16(1).u64(NOWHERE, NOWHERE);
  to.u64(0, nodes, symbols.at(-1)?.at ?? 0).skipTo(TREE);
  // 1: no room is left in the heap.
  to.ascii('HEAP')
    .u8(0, 0, 0, 0)
    .u64(names.length, 1, heap + HEAP_HEAD)
    .bytes(names.finish());
  const end = to.length + 8 + MOST_MEMBERS * SYMBOL;
  to.ascii('SNOD').u8(1, 0).u16(symbols.length);
  for (const { at, address } of symbols) to.u64(at, address).u32(0, 0).u64(0, 0);
  return to.skipTo(end).finish();
}
