import { TensorFileError } from '../../utils/errors.ts';
import { countElements, isTensorType, TENSOR_ARRAYS, type TensorType } from './tensor.ts';

/** Bytes before the header: its length, 64 bits. */
export const PREFIX_BYTES = 8;
/** As the format's own library has it. */
const MAX_HEADER_BYTES = 100_000_000;
/** The one key of the header that is no tensor. */
export const METADATA_KEY = '__metadata__';

/** Where one tensor lies. */
export interface TensorPlace {
  readonly type: TensorType;
  readonly shape: readonly number[];
  /** From the start of the file. */
  readonly offset: number;
  readonly bytes: number;
}

export interface TensorHeader {
  /** In the order of their bytes. */
  readonly places: ReadonlyMap<string, TensorPlace>;
  readonly metadata: Readonly<Record<string, string>>;
}

/** Bytes of the header behind the prefix. @throws TensorFileError where the file can't hold it */
export function parseHeaderLength(prefix: Uint8Array, fileBytes: number, source: string): number {
  if (prefix.length < PREFIX_BYTES) throw new TensorFileError(source, 'the file is too short for a header');
  const length = new DataView(prefix.buffer, prefix.byteOffset, PREFIX_BYTES).getBigUint64(0, true);
  if (length > MAX_HEADER_BYTES || PREFIX_BYTES + Number(length) > fileBytes)
    throw new TensorFileError(source, `a header of ${length} bytes in a file of ${fileBytes}`, {
      hint: 'give a .safetensors file that was written to its end',
    });
  return Number(length);
}

/**
 * Reads the header, and holds each place against the file: tensors follow each other without holes or overlaps and fill
 * the file, and each has the bytes that its type and shape ask for.
 * @throws TensorFileError
 */
export function parseHeader(json: Uint8Array, fileBytes: number, source: string): TensorHeader {
  const { [METADATA_KEY]: metadata = {}, ...tensors } = parseJson(json, source);
  const start = PREFIX_BYTES + json.length;
  const places = Object.entries(tensors).map(
    ([name, entry]) => [name, parsePlace(entry, { name, start, source })] as const,
  );
  places.sort(([, a], [, b]) => a.offset - b.offset || a.bytes - b.bytes);
  let end = start;
  for (const [name, { offset, bytes }] of places) {
    if (offset !== end)
      throw new TensorFileError(
        source,
        `${describe(name)} starts at byte ${offset}, what lies before it ends at ${end}`,
      );
    end += bytes;
  }
  if (end !== fileBytes) throw new TensorFileError(source, `the tensors end at byte ${end} of a file of ${fileBytes}`);
  return { places: new Map(places), metadata: checkMetadata(metadata, source) };
}

function parseJson(json: Uint8Array, source: string): Record<string, unknown> {
  let parsed: unknown;
  try {
    parsed = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(json));
  } catch (cause) {
    throw new TensorFileError(source, 'the header is no JSON', { cause });
  }
  if (isRecord(parsed)) return parsed;
  throw new TensorFileError(source, 'the header is no JSON object');
}

function parsePlace(entry: unknown, at: { name: string; start: number; source: string }): TensorPlace {
  const fail = (problem: string) => new TensorFileError(at.source, `${describe(at.name)} ${problem}`);
  if (!isRecord(entry)) throw fail('has no description');
  const { dtype: type, shape, data_offsets: offsets } = entry;
  if (!isTensorType(type)) throw fail(`has elements of an unknown type, ${JSON.stringify(type)}`);
  const count = Array.isArray(shape) ? countElements(shape) : undefined;
  if (count === undefined) throw fail(`has no usable shape: ${JSON.stringify(shape)}`);
  const [from, to] = Array.isArray(offsets) && offsets.length === 2 ? (offsets as unknown[]) : [];
  if (!isOffset(from) || !isOffset(to)) throw fail(`has no place: ${JSON.stringify(offsets)}`);
  const bytes = count * TENSOR_ARRAYS[type].BYTES_PER_ELEMENT;
  if (to - from !== bytes) throw fail(`needs ${bytes} bytes and has ${to - from}`);
  return { type, shape: shape as number[], offset: at.start + from, bytes };
}

function checkMetadata(metadata: unknown, source: string): Record<string, string> {
  if (isRecord(metadata) && Object.values(metadata).every((value) => typeof value === 'string'))
    return metadata as Record<string, string>;
  throw new TensorFileError(source, `${METADATA_KEY} holds something else than text`);
}

function isOffset(value: unknown): value is number {
  return typeof value === 'number' && Number.isSafeInteger(value) && value >= 0;
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function describe(name: string): string {
  return `tensor ${JSON.stringify(name)}`;
}
