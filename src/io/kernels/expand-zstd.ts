import { fail } from './zstd/fail.ts';
import type { HuffmanTable } from './zstd/huffman.ts';
import { MAX_BLOCK, readLiterals } from './zstd/literals.ts';
import { type FrameState, writeSequences } from './zstd/sequences.ts';

const MAGIC = 0xfd2fb528;
/** Magic numbers of frames that are to be passed over, without their lowest 4 bits. */
const SKIPPABLE = 0x184d2a5;
/**
 * A block may bring its own tables, which take some thousand steps, and give nothing. Encoders make one of up to 128 KiB, or
 * one for what was flushed: more of them than this many, and one for each so many bytes of output, is no picture.
 */
const FREE_BLOCKS = 1024;
const BYTES_PER_BLOCK = 64;

/**
 * Decompresses Zstandard frames (RFC 8878) into `out`, which bounds what comes: more is an error, and work is at most in
 * proportion to both lengths. Each code, length and distance is checked. Checksums are passed over; dictionaries are not done.
 * @param length bytes after which what follows the last frame does not matter
 * @returns bytes written; less than `length` where the frames hold less
 * @throws CodecError
 */
export function expandZstd(bytes: Uint8Array, out: Uint8Array, length = out.length): number {
  let at = 0;
  let written = 0;
  const work = { blocks: FREE_BLOCKS + Math.floor(out.length / BYTES_PER_BLOCK) };
  while (at < bytes.length) {
    const magic = readNumber(bytes, at, 4);
    if (Math.floor(magic / 16) === SKIPPABLE) {
      at += 8 + readNumber(bytes, at + 4, 4);
      if (at > bytes.length) fail('a frame is cut off');
    } else if (magic === MAGIC) {
      const frame = expandFrame(bytes.subarray(at), out, { start: written, work });
      at += frame.length;
      written = frame.end;
    } else if (at > 0 && written >= length) return written;
    else fail(`no frame at byte ${at}`);
  }
  if (at === 0) fail('no bytes');
  return written;
}

interface FrameHeader {
  readonly length: number;
  readonly contentBytes: number | undefined;
  readonly checksum: boolean;
}

function readFrameHeader(bytes: Uint8Array): FrameHeader {
  const flags = readNumber(bytes, 4, 1);
  if ((flags & 8) !== 0) fail('a frame of a later format');
  const single = (flags & 32) !== 0;
  const idBytes = [0, 1, 2, 4][flags & 3]!;
  const sizeBytes = flags >> 6 === 0 ? (single ? 1 : 0) : 1 << (flags >> 6);
  const idAt = single ? 5 : 6;
  const sizeAt = idAt + idBytes;
  if (readNumber(bytes, idAt, idBytes) !== 0) fail('a frame that needs a dictionary');
  const size = readNumber(bytes, sizeAt, sizeBytes) + (sizeBytes === 2 ? 256 : 0);
  const contentBytes = sizeBytes === 0 ? undefined : size;
  return { length: sizeAt + sizeBytes, contentBytes, checksum: (flags & 4) !== 0 };
}

/** @param work compressed blocks that may still come, counted down */
function expandFrame(
  bytes: Uint8Array,
  out: Uint8Array,
  { start, work }: { start: number; work: { blocks: number } },
): { length: number; end: number } {
  const { length, contentBytes, checksum } = readFrameHeader(bytes);
  if (contentBytes !== undefined && start + contentBytes > out.length) fail(`more than ${out.length} bytes`);
  const frame: FrameState & { tree: HuffmanTable | undefined } = {
    tables: undefined,
    distances: [1, 4, 8],
    start,
    tree: undefined,
  };
  let at = length;
  let to = start;
  for (let last = false; !last; ) {
    const header = readNumber(bytes, at, 3);
    last = (header & 1) === 1;
    const kind = (header >> 1) & 3;
    const size = header >> 3;
    at += 3;
    const stored = kind === 1 ? 1 : size;
    if (kind === 3) fail('a block of a kind that does not exist');
    if (size > MAX_BLOCK) fail(`a block of ${size} bytes`);
    if (at + stored > bytes.length) fail('a block is cut off');
    if (kind !== 2 && to + size > out.length) fail(`more than ${out.length} bytes`);
    const block = bytes.subarray(at, at + stored);
    at += stored;
    if (kind === 2) {
      if (--work.blocks < 0) fail('too many blocks for so few bytes');
      to = expandBlock(block, { out, at: to }, frame);
    } else {
      if (kind === 0) out.set(block, to);
      else out.fill(block[0]!, to, to + size);
      to += size;
    }
  }
  if (contentBytes !== undefined && to - start !== contentBytes)
    fail(`${to - start} bytes in a frame of ${contentBytes}`);
  if (checksum) at += 4;
  if (at > bytes.length) fail('a frame is cut off');
  return { length: at, end: to };
}

function expandBlock(
  block: Uint8Array,
  { out, at }: { out: Uint8Array; at: number },
  frame: FrameState & { tree: HuffmanTable | undefined },
): number {
  const { literals, tree, length } = readLiterals(block, frame.tree);
  frame.tree = tree;
  return writeSequences(block.subarray(length), { literals, out, at }, frame);
}

/** A little-endian number of up to 8 bytes. */
function readNumber(bytes: Uint8Array, at: number, count: number): number {
  if (at + count > bytes.length) fail('a frame is cut off');
  let value = 0;
  for (let i = at + count - 1; i >= at; i--) value = value * 256 + bytes[i]!;
  return value;
}
