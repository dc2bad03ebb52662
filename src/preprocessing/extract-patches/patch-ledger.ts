import { closeSync, fstatSync, openSync, readSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { trackOpen } from '../../utils/open-handles.ts';
import { toOutputError } from '../../utils/output-error.ts';
import { decodeStainOutcome, encodeStainOutcome, type StainOutcome } from './stain-outcome.ts';

/**
 * What became of each patch of an unfinished stage: a file of fixed 48-byte entries at `index * 48`. A stage of any number
 * of patches is resumed, and its table written, without holding more than one run of entries in memory. An entry is
 * written after the patch's file is in place; one that was never written reads as zeros. A patch in a shard has its entry
 * before the shard is whole: the journal says which shards are.
 *
 * Entry, little-endian: bad tiles u16, stain u8 (0 none), bytes u32, SHA-256, shard u32, place in the shard u32 (512-byte blocks; 0
 * for a patch with a file of its own), state u8 (0 unknown, 1 written, 2 left out). The state comes last: an entry whose
 * write was cut off has none.
 */
export const LEDGER_NAME = 'patches.ledger';

const ENTRY_BYTES = 48;
const STAIN_AT = 2;
const HASH_AT = 7;
const SHARD_AT = 39;
const BLOCK_AT = 43;
const STATE_AT = 47;
const BLOCK = 512;

export interface LedgerEntry {
  readonly state: 'written' | 'skipped';
  /** Stored tiles under the patch that could not be read. */
  readonly badTiles: number;
  /** Of the file; 0 and '' for a patch that was left out. */
  readonly bytes: number;
  readonly sha256: string;
  /** Where the patch lies in a shard; undefined where it is a file or was left out. */
  readonly packed?: PackedPlace | undefined;
  /** What became of its colours, where stains are normalised. */
  readonly stain?: StainOutcome | undefined;
}

export interface PackedPlace {
  /** Number of the shard, from 0. */
  readonly shard: number;
  /** Of the encoded patch in the tar file: a multiple of 512 bytes. */
  readonly offset: number;
}

export interface PatchLedger extends Disposable {
  /** Entries, with gaps, that lay in it when it was opened: from this index on an earlier run finished nothing. */
  readonly inherited: number;
  /** Entries [first, first + count); undefined where a patch is not finished. */
  read(first: number, count: number): (LedgerEntry | undefined)[];
  /** Writes entries at their indices; those that follow each other in one write. @throws OutputError */
  write(entries: readonly IndexedEntry[]): void;
  /** The same for entries as a worker packs them. */
  writePacked(entries: PackedEntries): void;
}

export type IndexedEntry = LedgerEntry & { readonly index: number };

/** Entries as they lie in the file, and where each belongs: two arrays cross threads, and no object for each patch. */
export interface PackedEntries {
  readonly indices: Float64Array;
  readonly bytes: Uint8Array;
}

export function packEntries(entries: readonly IndexedEntry[]): PackedEntries {
  const indices = new Float64Array(entries.length);
  const bytes = Buffer.alloc(entries.length * ENTRY_BYTES);
  for (const [place, entry] of entries.entries()) {
    indices[place] = entry.index;
    encodeEntry(entry, bytes, place * ENTRY_BYTES);
  }
  return { indices, bytes };
}

/** Says where the patch of the entry `number` lies in a shard. */
export function setPackedPlace({ bytes }: PackedEntries, number: number, { shard, offset }: PackedPlace): void {
  const view = new DataView(bytes.buffer, bytes.byteOffset + number * ENTRY_BYTES);
  view.setUint32(SHARD_AT, shard, true);
  view.setUint32(BLOCK_AT, offset / BLOCK, true);
}

/** Entries from `first` to before `end`. */
export function sliceEntries({ indices, bytes }: PackedEntries, first: number, end: number): PackedEntries {
  return { indices: indices.subarray(first, end), bytes: bytes.subarray(first * ENTRY_BYTES, end * ENTRY_BYTES) };
}

/** Opens the ledger of a folder, an empty one where there is none. @throws OutputError */
export function openPatchLedger(folder: string): PatchLedger {
  const path = join(folder, LEDGER_NAME);
  const file = attempt(path, () => openSync(path, openFlags(path)));
  const ledger: PatchLedger = {
    inherited: Math.floor(fstatSync(file).size / ENTRY_BYTES),
    read(first, count) {
      const bytes = Buffer.alloc(count * ENTRY_BYTES);
      const available = Math.max(0, fstatSync(file).size - first * ENTRY_BYTES);
      readSync(file, bytes, 0, Math.min(bytes.length, available), first * ENTRY_BYTES);
      return Array.from({ length: count }, (_, i) => decodeEntry(bytes, i * ENTRY_BYTES));
    },
    write(entries) {
      ledger.writePacked(packEntries([...entries].sort((a, b) => a.index - b.index)));
    },
    writePacked({ indices, bytes }) {
      for (let start = 0; start < indices.length; ) {
        const end = findRunEnd(indices, start);
        const position = (indices[start] ?? 0) * ENTRY_BYTES;
        const run = bytes.subarray(start * ENTRY_BYTES, end * ENTRY_BYTES);
        attempt(path, () => writeAll(file, run, position));
        start = end;
      }
    },
    [Symbol.dispose]() {
      untrack();
      closeSync(file);
    },
  };
  const untrack = trackOpen(ledger, 'ledger', path);
  return ledger;
}

/** A full disk may take a part without an error; the next part then fails. */
function writeAll(file: number, bytes: Uint8Array, position: number): void {
  for (let done = 0; done < bytes.length; ) done += writeSync(file, bytes, done, bytes.length - done, position + done);
}

/** Where the consecutive indices that begin at `start` end. */
function findRunEnd(indices: Float64Array, start: number): number {
  let end = start + 1;
  while (end < indices.length && indices[end] === (indices[end - 1] ?? 0) + 1) end++;
  return end;
}

/** 'r+' keeps what is there, but does not create. */
function openFlags(path: string): string {
  try {
    closeSync(openSync(path, 'ax'));
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
  }
  return 'r+';
}

function encodeEntry({ state, badTiles, bytes, sha256, packed, stain }: LedgerEntry, ledger: Buffer, at: number): void {
  ledger.writeUInt16LE(Math.min(badTiles, 65_535), at);
  ledger[at + STAIN_AT] = encodeStainOutcome(stain);
  ledger.writeUInt32LE(bytes, at + 3);
  ledger.write(sha256, at + HASH_AT, 'hex');
  ledger.writeUInt32LE(packed?.shard ?? 0, at + SHARD_AT);
  ledger.writeUInt32LE((packed?.offset ?? 0) / BLOCK, at + BLOCK_AT);
  ledger[at + STATE_AT] = state === 'written' ? 1 : 2;
}

function decodeEntry(ledger: Buffer, at: number): LedgerEntry | undefined {
  const state = ledger[at + STATE_AT];
  if (state !== 1 && state !== 2) return undefined;
  const badTiles = ledger.readUInt16LE(at);
  if (state === 2) return { state: 'skipped', badTiles, bytes: 0, sha256: '' };
  const bytes = ledger.readUInt32LE(at + 3);
  const sha256 = ledger.toString('hex', at + HASH_AT, at + SHARD_AT);
  const offset = ledger.readUInt32LE(at + BLOCK_AT) * BLOCK;
  // The header of an entry stands before its content: a place of 0 is none.
  const packed = offset === 0 ? undefined : { shard: ledger.readUInt32LE(at + SHARD_AT), offset };
  // Written out, as wherever a patch passes: what `{ ...a, b }` makes, V8 keeps until its next full collection.
  const stain = decodeStainOutcome(ledger[at + STAIN_AT] ?? 0);
  return { state: 'written', badTiles, bytes, sha256, packed, stain };
}

function attempt<T>(path: string, action: () => T): T {
  try {
    return action();
  } catch (cause) {
    throw toOutputError(path, cause);
  }
}
