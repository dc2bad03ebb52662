import type { ByteSource } from '../source/byte-source.ts';
import { ByteReader } from './byte-reader.ts';
import { MESSAGE } from './constants.ts';

/** A message as it stands in a header. */
export interface FoundMessage {
  readonly type: number;
  readonly content: Uint8Array;
}

/** Blocks that one header may go on in, and messages in all of them: far more than any has. */
const MOST_BLOCKS = 64;
const MOST_MESSAGES = 4096;

/** The messages of an object. @throws RangeError for what is none; ShortReadError */
export async function readObjectHeader(source: ByteSource, address: number): Promise<FoundMessage[]> {
  const head = new ByteReader(await source.read(address, Math.min(64, source.size - address)));
  const version = head.u8();
  if (version === 1) {
    const reader = head.skip(1);
    reader.u16();
    const length = reader.skip(4).u32();
    return collectMessages(source, { offset: address + 16, length }, parseOldBlock);
  }
  if (version !== 0x4f || head.ascii(3) !== 'HDR' || head.u8() !== 2) throw new RangeError('no header of an object');
  const flags = head.u8();
  // Times, and how many attributes are kept here.
  head.skip((flags & 0x20 ? 16 : 0) + (flags & 0x10 ? 4 : 0));
  const length = head.uint(1 << (flags & 3));
  const tracked = (flags & 4) !== 0;
  const block = { offset: address + head.position, length };
  return collectMessages(source, block, (bytes, first) => parseNewBlock(bytes, first, tracked));
}

interface Block {
  readonly offset: number;
  readonly length: number;
}

async function collectMessages(
  source: ByteSource,
  first: Block,
  parse: (bytes: Uint8Array, isFirst: boolean) => Iterable<FoundMessage>,
): Promise<FoundMessage[]> {
  const found: FoundMessage[] = [];
  const blocks = [first];
  for (const [at, { offset, length }] of blocks.entries()) {
    if (at >= MOST_BLOCKS) throw new RangeError('a header in too many blocks');
    for (const message of parse(await source.read(offset, length), at === 0)) {
      if (found.length >= MOST_MESSAGES) throw new RangeError('too many messages in a header');
      found.push(message);
      if (message.type !== MESSAGE.continuation) continue;
      const reader = new ByteReader(message.content);
      // `entries` sees what is appended while it runs.
      blocks.push({ offset: reader.size(), length: reader.size() });
    }
  }
  return found;
}

function* parseOldBlock(bytes: Uint8Array): Generator<FoundMessage> {
  const reader = new ByteReader(bytes);
  while (reader.left >= 8) {
    const type = reader.u16();
    const length = reader.u16();
    yield { type, content: reader.skip(4).bytes(length) };
  }
}

/** Blocks that follow the first have a signature, and a checksum behind them. */
function* parseNewBlock(bytes: Uint8Array, isFirst: boolean, tracked: boolean): Generator<FoundMessage> {
  const reader = new ByteReader(isFirst ? bytes : bytes.subarray(0, -4));
  if (!isFirst && reader.ascii(4) !== 'OCHK') throw new RangeError('a block of a header without its signature');
  const head = tracked ? 6 : 4;
  while (reader.left >= head) {
    const type = reader.u8();
    const length = reader.u16();
    yield { type, content: reader.skip(head - 3).bytes(length) };
  }
}
