import { open } from 'node:fs/promises';
import { DatasetError, SourceError } from '../../../utils/errors.ts';
import { createRecordFields, type RecordFields, scanRecord } from '../../kernels/scan-csv.ts';

/** Bytes that are read at a time; a row that is longer is none. */
const BLOCK = 2 ** 20;
const BYTE_ORDER_MARK = [0xef, 0xbb, 0xbf] as const;

/** A row of a table, as bytes that are void after the call. */
export interface TableRecord {
  readonly bytes: Uint8Array;
  readonly fields: RecordFields;
  /** Where it begins in the file. */
  readonly offset: number;
  /** From 1, counted from where reading began. */
  readonly line: number;
}

/**
 * Goes through the rows of a CSV, without empty lines, from `start` on, a block at a time: memory does not grow with the file.
 * @param take is given each row, and says whether to go on
 * @throws SourceError where it can't be read; DatasetError where it is no CSV
 */
export async function readRecords(
  path: string,
  { start = 0, take }: { start?: number; take: (record: TableRecord) => boolean },
): Promise<void> {
  const file = await open(path).catch((cause: unknown) => {
    throw new SourceError(path, 'the table can not be read', { cause });
  });
  try {
    const buffer = new Uint8Array(BLOCK);
    const record = { bytes: buffer, fields: createRecordFields(), offset: start, line: 0 };
    for (let [held, offset] = [0, start]; ; ) {
      const { bytesRead } = await file.read(buffer, held, BLOCK - held, offset + held);
      const last = bytesRead === 0;
      record.bytes = buffer.subarray(0, held + bytesRead);
      const end = takeWhole(path, record, { at: offset === 0 ? skipMark(record.bytes) : 0, offset, last, take });
      if (end === undefined || last) return;
      buffer.copyWithin(0, end, held + bytesRead);
      held += bytesRead - end;
      offset += end;
      if (held === BLOCK) fail(path, record.line + 1, `a row of more than ${BLOCK} bytes`);
    }
  } finally {
    await file.close();
  }
}

/** @returns where the first row begins that is not whole; undefined where no more are wanted */
function takeWhole(
  path: string,
  record: { -readonly [K in keyof TableRecord]: TableRecord[K] },
  from: { at: number; offset: number; last: boolean; take: (record: TableRecord) => boolean },
): number | undefined {
  const { offset, last, take } = from;
  const { bytes, fields } = record;
  let { at } = from;
  while (at < bytes.length) {
    const next = scanRecord(bytes, at, { fields, last });
    if (next === -2) fail(path, record.line + 1, 'text behind a closing quote');
    if (next < 0 && last) fail(path, record.line + 1, 'a quote that is never closed');
    if (next < 0) break;
    record.line++;
    record.offset = offset + at;
    const empty = fields.count === 1 && fields.bounds[0] === fields.bounds[1];
    at = next;
    if (!empty && !take(record)) return undefined;
  }
  return at;
}

function skipMark(bytes: Uint8Array): number {
  return BYTE_ORDER_MARK.every((byte, at) => bytes[at] === byte) ? BYTE_ORDER_MARK.length : 0;
}

function fail(path: string, line: number, problem: string): never {
  throw new DatasetError(path, problem, { reason: 'damaged', line }, { hint: 'it should be CSV, with commas' });
}

const decoder = new TextDecoder();

/** The fields of a row as texts. */
export function decodeFields({ bytes, fields }: TableRecord): string[] {
  return Array.from({ length: fields.count }, (_, index) => {
    const [start = 0, stop = 0] = [fields.bounds[2 * index], fields.bounds[2 * index + 1]];
    const text = decoder.decode(bytes.subarray(start, stop));
    return bytes[start - 1] === 0x22 ? text.replaceAll('""', '"') : text;
  });
}
