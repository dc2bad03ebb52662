import { type BackwardBits, openBackwardBits, readBits } from './bits.ts';
import { fail } from './fail.ts';
import { buildFseTable, createConstantTable, type FseTable, readFseTable, stepState } from './fse-table.ts';

/** What one frame's blocks hand on to each other. */
export interface FrameState {
  tables: { literal: FseTable; offset: FseTable; match: FseTable } | undefined;
  /** The last three distances, latest first. */
  readonly distances: [number, number, number];
  /** Where the frame begins in the output: no match reaches before it. */
  readonly start: number;
}

/** Extra bits and least value of a code. */
interface Code {
  readonly bits: Uint8Array;
  readonly least: Uint32Array;
}

/** Codes that stand for their own number, then ranges of as many extra bits as are listed. */
function createCode(plain: number, first: number, extra: readonly number[]): Code {
  const bits = Uint8Array.from([...Array<number>(plain).fill(0), ...extra]);
  const least = new Uint32Array(bits.length);
  for (let i = 0, value = first; i < bits.length; value += 2 ** bits[i]!, i++) least[i] = value;
  return { bits, least };
}

// RFC 8878, tables 15 and 16.
const LITERAL_CODE = createCode(16, 0, [1, 1, 1, 1, 2, 2, 3, 3, 4, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16]);
const MATCH_CODE = createCode(32, 3, [1, 1, 1, 1, 2, 2, 3, 3, 4, 4, 5, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16]);
/** 2^26 is more than any tile holds. */
const MAX_OFFSET_CODE = 26;

/** Tables that need no description (RFC 8878, section 3.1.1.3.2.2). */
const LITERAL_DEFAULT = buildFseTable(
  [4, 3, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 1, 1, 1, 2, 2, 2, 2, 2, 2, 2, 2, 2, 3, 2, 1, 1, 1, 1, 1, -1, -1, -1, -1],
  6,
);
const MATCH_DEFAULT = buildFseTable(
  [1, 4, 3, 2, 2, 2, 2, 2, 2, ...Array<number>(37).fill(1), ...Array<number>(7).fill(-1)],
  6,
);
const OFFSET_DEFAULT = buildFseTable(
  [1, 1, 1, 1, 1, 1, 2, 2, 2, ...Array<number>(15).fill(1), ...Array<number>(5).fill(-1)],
  5,
);

const LITERAL = { maxLog: 9, maxSymbol: 35, standard: LITERAL_DEFAULT };
const OFFSET = { maxLog: 8, maxSymbol: 31, standard: OFFSET_DEFAULT };
const MATCH = { maxLog: 9, maxSymbol: 52, standard: MATCH_DEFAULT };

/**
 * Writes what the sequences section of a block says (RFC 8878, section 3.1.1.3.2): literals and copies of what was written
 * before. @returns the new end of the output. @throws CodecError, also where the output is full
 */
export function writeSequences(
  section: Uint8Array,
  { literals, out, at }: { literals: Uint8Array; out: Uint8Array; at: number },
  frame: FrameState,
): number {
  const { count, length } = readCount(section);
  let to = at;
  let from = 0;
  if (count > 0) {
    const read = readTables(section.subarray(length), frame);
    const { literal, offset, match } = read.tables;
    frame.tables = read.tables;
    const bits = openBackwardBits(read.rest);
    let literalState = readBits(bits, literal.log);
    let offsetState = readBits(bits, offset.log);
    let matchState = readBits(bits, match.log);
    for (let i = 0; i < count; i++) {
      const offsetValue = readOffset(bits, offset.symbols[offsetState]!);
      const matchLength = readCoded(MATCH_CODE, match.symbols[matchState]!, bits);
      const literalLength = readCoded(LITERAL_CODE, literal.symbols[literalState]!, bits);
      if (i < count - 1) {
        literalState = stepState(literal, literalState, bits);
        matchState = stepState(match, matchState, bits);
        offsetState = stepState(offset, offsetState, bits);
      }
      if (bits.left < 0) fail('sequences end early');
      const distance = takeDistance(frame.distances, offsetValue, literalLength);
      if (from + literalLength > literals.length) fail('more literals asked than there are');
      if (to + literalLength + matchLength > out.length) fail(`more than ${out.length} bytes`);
      for (const end = from + literalLength; from < end; ) out[to++] = literals[from++]!;
      if (distance > to - frame.start) fail(`a match ${distance} bytes back, ${to - frame.start} are written`);
      // Byte by byte, as a match may overlap its own copy.
      for (const end = to + matchLength; to < end; to++) out[to] = out[to - distance]!;
    }
    if (bits.left !== 0) fail('sequences end late');
  } else if (length !== section.length) fail('bytes behind the last sequence');
  const rest = literals.subarray(from);
  if (to + rest.length > out.length) fail(`more than ${out.length} bytes`);
  out.set(rest, to);
  return to + rest.length;
}

function readCount(section: Uint8Array): { count: number; length: number } {
  const [first = fail('a block without sequences'), second = 0, third = 0] = section;
  if (first < 128) return { count: first, length: 1 };
  if (first < 255) return { count: ((first - 128) << 8) + second, length: 2 };
  return { count: second + (third << 8) + 0x7f00, length: 3 };
}

function readTables(
  section: Uint8Array,
  { tables }: FrameState,
): { tables: NonNullable<FrameState['tables']>; rest: Uint8Array } {
  const modes = section[0] ?? fail('sequences are cut off');
  if ((modes & 3) !== 0) fail('sequences in a mode that does not exist');
  let rest = section.subarray(1);
  const take = (mode: number, kind: typeof LITERAL, last: FseTable | undefined): FseTable => {
    if (mode === 0) return kind.standard;
    if (mode === 3) return last ?? fail('sequences that go on with a table that was never sent');
    if (mode === 2) {
      const { table, length } = readFseTable(rest, kind);
      rest = rest.subarray(length);
      return table;
    }
    const symbol = rest[0] ?? fail('sequences are cut off');
    if (symbol > kind.maxSymbol) fail(`code ${symbol} does not exist`);
    rest = rest.subarray(1);
    return createConstantTable(symbol);
  };
  const literal = take(modes >> 6, LITERAL, tables?.literal);
  const offset = take((modes >> 4) & 3, OFFSET, tables?.offset);
  const match = take((modes >> 2) & 3, MATCH, tables?.match);
  return { tables: { literal, offset, match }, rest };
}

function readOffset(bits: BackwardBits, code: number): number {
  if (code > MAX_OFFSET_CODE) fail(`a match 2^${code} bytes back`);
  return 2 ** code + readBits(bits, code);
}

function readCoded({ bits, least }: Code, code: number, stream: BackwardBits): number {
  return least[code]! + readBits(stream, bits[code]!);
}

/** Values 1 to 3 mean a distance that was used before (RFC 8878, section 3.1.1.5). */
function takeDistance(distances: FrameState['distances'], value: number, literalLength: number): number {
  const [one, two, three] = distances;
  if (value > 3) {
    distances.splice(0, 3, value - 3, one, two);
    return value - 3;
  }
  const which = literalLength === 0 ? value + 1 : value;
  if (which === 1) return one;
  const distance = which === 2 ? two : which === 3 ? three : one - 1;
  if (distance < 1) fail('a match 0 bytes back');
  distances.splice(0, 3, distance, one, which === 2 ? three : two);
  return distance;
}
