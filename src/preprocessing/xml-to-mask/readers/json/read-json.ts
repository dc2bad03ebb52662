import type { ByteSource } from '../../../../io/source/byte-source.ts';
import { AnnotationError } from '../../../../utils/errors.ts';
import { decodeBytes, type TextEncoding } from '../../xml/decode-bytes.ts';
import { readBlocks, readEncoding } from '../../xml/read-blocks.ts';
import { createElementScan, type ElementScan, finishElements, scanElements } from './kernels/scan-elements.ts';
import { quoteOddNumbers } from './quote-odd-numbers.ts';

/** Bytes of one value: V8 keeps no longer strings, and what is parsed takes some ten times as much memory. */
const MAX_VALUE = 2 ** 27;

/** One element of the list that a file consists of. */
export interface JsonElement {
  readonly value: unknown;
  /** From 0. */
  readonly index: number;
}

/**
 * The elements of a JSON file that is a list, or an object with one list under `listKey`, some at a time: memory is one
 * block and the largest element.
 * @returns the file with its elements as zeros
 * @throws AnnotationError for what is no JSON, and for one element of more than 128 MiB
 */
export async function* readJsonElements(
  source: ByteSource,
  listKey: string,
  signal?: AbortSignal,
): AsyncGenerator<JsonElement[], unknown, undefined> {
  const encoding = await readEncoding(source, signal);
  const scan = createElementScan(listKey, MAX_VALUE);
  let index = 0;
  for await (const block of readBlocks(source, encoding, signal)) {
    scanElements(scan, block);
    if (scan.problem !== undefined) throw createJsonError(source.name, scan.problem, { scan, index });
    const batch = scan.elements.splice(0).map((bytes): JsonElement => {
      const value = parse(bytes, { name: source.name, encoding, element: `element ${index}` });
      return { value, index: index++ };
    });
    if (batch.length > 0) yield batch;
  }
  finishElements(scan);
  if (scan.problem !== undefined) throw createJsonError(source.name, scan.problem, { scan, index });
  return parse(scan.rest.values.subarray(0, scan.rest.length), { name: source.name, encoding, element: undefined });
}

/** The value of a whole file. @throws AnnotationError for what is no JSON, and for more than 128 MiB */
export async function readJsonWhole(source: ByteSource, signal?: AbortSignal): Promise<unknown> {
  if (source.size > MAX_VALUE)
    throw new AnnotationError(source.name, `${source.size} bytes of JSON, more than ${MAX_VALUE}`, {
      hint: 'export in parts, or as GeoJSON, which is read piece by piece',
    });
  const encoding = await readEncoding(source, signal);
  const pieces: Uint8Array[] = [];
  for await (const block of readBlocks(source, encoding, signal)) pieces.push(block);
  return parse(Buffer.concat(pieces), { name: source.name, encoding, element: undefined });
}

function parse(
  bytes: Uint8Array,
  { name, encoding, element }: { name: string; encoding: TextEncoding; element: string | undefined },
): unknown {
  const text = decodeBytes(bytes, encoding);
  try {
    return JSON.parse(text);
  } catch (cause) {
    const mended = quoteOddNumbers(text);
    if (mended !== undefined) {
      try {
        return JSON.parse(mended);
      } catch {
        // It is the first error that says where the file is wrong.
      }
    }
    const why = cause instanceof Error ? cause.message.slice(0, 200) : String(cause);
    throw new AnnotationError(name, `not JSON: ${why}`, {
      cause,
      element,
      hint: 'the file is damaged: export the annotations anew',
    });
  }
}

function createJsonError(
  name: string,
  problem: string,
  { scan, index }: { scan: ElementScan; index: number },
): AnnotationError {
  return new AnnotationError(name, `${problem} (near byte ${scan.offset})`, {
    element: index > 0 || scan.inElement ? `element ${index}` : undefined,
    hint: 'export the annotations anew',
  });
}
