import type { ByteSource } from '../source/byte-source.ts';
import { ByteReader } from './byte-reader.ts';
import { MESSAGE } from './constants.ts';
import type { FoundMessage } from './object-header.ts';

/** More than files of features have by far. */
const MOST_MEMBERS = 1024;

/** The members of a group: addresses of their headers by name. @throws RangeError, ShortReadError */
export async function listMembers(
  source: ByteSource,
  messages: readonly FoundMessage[],
): Promise<ReadonlyMap<string, number>> {
  const members = new Map<string, number>();
  for (const { type, content } of messages) {
    if (type === MESSAGE.link) addLink(content, members);
    if (type !== MESSAGE.symbolTable) continue;
    const reader = new ByteReader(content);
    const [tree, heap] = [reader.size(), reader.size()];
    await walkTree(source, tree, { names: await readNames(source, heap), members, seen: new Set() });
  }
  return members;
}

/** Newer files: a message a member. Links to other files, and those by name, are passed over. */
function addLink(content: Uint8Array, members: Map<string, number>): void {
  const reader = new ByteReader(content);
  reader.skip(1);
  const flags = reader.u8();
  const kind = flags & 8 ? reader.u8() : 0;
  reader.skip((flags & 4 ? 8 : 0) + (flags & 16 ? 1 : 0));
  const length = reader.uint(1 << (flags & 3));
  const name = reader.text(length);
  if (kind === 0) members.set(name, reader.size());
}

async function readNames(source: ByteSource, address: number): Promise<Uint8Array> {
  const reader = new ByteReader(await source.read(address, 32));
  if (reader.ascii(4) !== 'HEAP') throw new RangeError('no heap of names');
  const length = reader.skip(4).size();
  return source.read(reader.skip(8).size(), length);
}

interface Walk {
  readonly names: Uint8Array;
  readonly members: Map<string, number>;
  /** Addresses of nodes: each is met once. */
  readonly seen: Set<number>;
}

async function walkTree(source: ByteSource, address: number, walk: Walk): Promise<void> {
  if (walk.seen.has(address)) throw new RangeError('a tree of names that bites its tail');
  walk.seen.add(address);
  const head = new ByteReader(await source.read(address, 24));
  const signature = head.ascii(4);
  if (signature === 'SNOD') return addSymbols(source, address, walk);
  const kind = head.u8();
  if (signature !== 'TREE' || kind !== 0) throw new RangeError('no tree of names');
  const count = head.skip(1).u16();
  const body = new ByteReader(await source.read(address + 24, count * 16 + 8));
  for (let child = 0; child < count; child++) {
    await walkTree(source, body.skip(8).size(), walk);
  }
}

async function addSymbols(source: ByteSource, address: number, { names, members }: Walk): Promise<void> {
  const count = new ByteReader(await source.read(address, 8)).skip(6).u16();
  if (members.size + count > MOST_MEMBERS) throw new RangeError('too many members of a group');
  const reader = new ByteReader(await source.read(address + 8, count * 40));
  for (let symbol = 0; symbol < count; symbol++) {
    const name = new ByteReader(names).skip(reader.size());
    members.set(name.text(name.left), reader.size());
    reader.skip(24);
  }
}
