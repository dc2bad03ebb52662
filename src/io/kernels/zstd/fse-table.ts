import { type BackwardBits, floorLog2, peekAt, readBits } from './bits.ts';
import { fail } from './fail.ts';

/** States of a finite state entropy decoder (RFC 8878, section 4.1): a symbol each, and where the next bits lead. */
export interface FseTable {
  /** There are 2^log states. */
  readonly log: number;
  readonly symbols: Uint8Array;
  readonly bits: Uint8Array;
  readonly bases: Uint16Array;
}

/** Reads a table's description, which takes `length` bytes. @throws CodecError */
export function readFseTable(
  bytes: Uint8Array,
  { maxLog, maxSymbol }: { maxLog: number; maxSymbol: number },
): { table: FseTable; length: number } {
  const log = (peekAt(bytes, 0) & 15) + 5;
  if (log > maxLog) fail(`a table of 2^${log} states, at most 2^${maxLog} are allowed`);
  const counts: number[] = [];
  const end = bytes.length * 8;
  let at = 4;
  let rest = 1 << log;
  while (rest > 0) {
    if (at >= end) fail('a table is cut off');
    if (counts.length > maxSymbol) fail('a table with too many symbols');
    // Of the values 0 to rest + 1 the lowest take one bit less.
    const width = floorLog2(rest + 1) + 1;
    const short = 2 ** width - (rest + 2);
    const half = 1 << (width - 1);
    const window = peekAt(bytes, at);
    let value = window & (half - 1);
    if (value < short) at += width - 1;
    else {
      value = window & (2 * half - 1);
      if (value >= half) value -= short;
      at += width;
    }
    const count = value - 1;
    counts.push(count);
    // -1 is a symbol of less than one state, which takes one.
    rest -= Math.abs(count);
    if (count !== 0) continue;
    for (let more = 3; more === 3; ) {
      if (at >= end) fail('a table is cut off');
      more = peekAt(bytes, at) & 3;
      at += 2;
      for (let i = 0; i < more; i++) counts.push(0);
    }
  }
  if (rest < 0 || counts.length > maxSymbol + 1) fail('a table that makes no sense');
  if (at > end) fail('a table is cut off');
  return { table: buildFseTable(counts, log), length: (at + 7) >> 3 };
}

/** @param counts states of each symbol, 2^log in all; -1 counts as one */
export function buildFseTable(counts: readonly number[], log: number): FseTable {
  const size = 1 << log;
  const symbols = new Uint8Array(size);
  const next = new Uint16Array(256);
  let high = size - 1;
  counts.forEach((count, symbol) => {
    next[symbol] = Math.abs(count);
    if (count === -1) symbols[high--] = symbol;
  });
  const step = (size >> 1) + (size >> 3) + 3;
  let at = 0;
  counts.forEach((count, symbol) => {
    for (let i = 0; i < count; i++) {
      symbols[at] = symbol;
      do at = (at + step) & (size - 1);
      while (at > high);
    }
  });
  const bits = new Uint8Array(size);
  const bases = new Uint16Array(size);
  for (let state = 0; state < size; state++) {
    const x = next[symbols[state]!]!++;
    bits[state] = log - floorLog2(x);
    bases[state] = (x << bits[state]!) - size;
  }
  return { log, symbols, bits, bases };
}

/** A table that gives one symbol for ever. */
export function createConstantTable(symbol: number): FseTable {
  return { log: 0, symbols: Uint8Array.of(symbol), bits: Uint8Array.of(0), bases: Uint16Array.of(0) };
}

/** The state after `state`. */
export function stepState({ bits, bases }: FseTable, state: number, stream: BackwardBits): number {
  return bases[state]! + readBits(stream, bits[state]!);
}
