import type { ByteSource } from '../../../io/source/byte-source.ts';
import { parseXmlText, XmlProblem } from '../../../io/xml/parse-xml.ts';
import type { XmlNode } from '../../../io/xml/xml-node.ts';
import { AnnotationError } from '../../../utils/errors.ts';
import { decodeAscii, decodeBytes, type TextEncoding } from './decode-bytes.ts';
import {
  createMarkupScan,
  type GroupHead,
  type MarkupNames,
  type MarkupRecord,
  type MarkupScan,
  rewindRecords,
} from './kernels/markup-scan.ts';
import { scanMarkup } from './kernels/scan-markup.ts';
import { parsePlainMarkup } from './parse-plain-markup.ts';
import { readBlocks, readEncoding } from './read-blocks.ts';

/** A drawn shape of an XML file: its elements without vertices, and the vertices. */
export interface XmlRecord {
  readonly node: XmlNode;
  /** x0, y0, x1, y1 ... as in the file, in the order of `Order` where vertices have one. */
  readonly vertices: Float64Array;
  /** Index of the first vertex without finite numbers, -1 where all have them. */
  readonly firstBad: number;
  /** What its group says up to its first shape; undefined outside of groups. */
  readonly groupHead: XmlNode | undefined;
  /** Number of its group in the file, from 0; -1 outside of groups. */
  readonly group: number;
}

/** The rest of a file once its shapes are out. */
export interface XmlSkeleton {
  readonly root: XmlNode;
  /** Vertices that lie in no shape. */
  readonly strayVertices: number;
}

/** Bytes of one tag, comment or text. */
const MAX_TOKEN = 2 ** 22;
/** Markup, and shapes, that are parsed at once: so few that next to nothing lives through a collection, and memory stays small. */
const BATCH_BYTES = 2 ** 16;
const BATCH_RECORDS = 8;
const BATCH_VALUES = 2 ** 16;

/**
 * The shapes of an XML file of any size, some at a time. A byte scanner lifts the vertices out; what remains of a shape is
 * some hundred bytes, which the XML parser gets. Memory: one block, one batch, the largest shape, and all that is no shape.
 * With `reuse` the vertices of a batch are void once the next is asked for, and all batches share the same memory.
 * @returns what is no shape
 * @throws AnnotationError for what is no XML, a document type, more than the limits; SourceError
 */
export async function* readXmlRecords(
  source: ByteSource,
  names: MarkupNames,
  { signal, reuse = false }: { signal?: AbortSignal | undefined; reuse?: boolean | undefined } = {},
): AsyncGenerator<XmlRecord[], XmlSkeleton, undefined> {
  const encoding = await readEncoding(source, signal);
  const scan = createMarkupScan(names, reuse);
  const parser = createRecordParser(source.name, encoding, scan);
  let work = new Uint8Array(2 ** 19);
  let kept = 0;
  let offset = 0;
  for await (const block of readBlocks(source, encoding, signal)) {
    const end = kept + block.length;
    if (end > work.length) work = enlarge(work, end);
    work.set(block, kept);
    const stop = scanMarkup(scan, work, end);
    if (scan.problem !== undefined) throw createScanError(source.name, scan, { offset: offset + stop, encoding });
    work.copyWithin(0, stop, end);
    kept = end - stop;
    offset += stop;
    if (kept > MAX_TOKEN) {
      scan.problem = `a tag, comment or text of more than ${MAX_TOKEN} bytes`;
      throw createScanError(source.name, scan, { offset, encoding });
    }
    if (!parser.isFull()) continue;
    while (scan.records.length > 0) yield parser.parseBatch();
    rewindRecords(scan);
  }
  scan.problem = findUnfinished(scan, work.subarray(0, kept));
  if (scan.problem !== undefined) throw createScanError(source.name, scan, { offset, encoding });
  while (scan.records.length > 0) yield parser.parseBatch();
  return { root: parser.parseSkeleton(), strayVertices: scan.strayCount };
}

function enlarge(bytes: Uint8Array, least: number): Uint8Array<ArrayBuffer> {
  const larger = new Uint8Array(Math.max(least, bytes.length * 2));
  larger.set(bytes);
  return larger;
}

function findUnfinished({ open }: MarkupScan, rest: Uint8Array): string | undefined {
  if (open.length > 0) return `the file ends inside <${open.at(-1)}>: it was cut off, or a tag is not closed`;
  return rest.length > 0 ? 'the file ends inside a tag, a comment or text outside of all elements' : undefined;
}

interface RecordParser {
  /** Whether there is enough for a batch. */
  isFull(): boolean;
  parseBatch(): XmlRecord[];
  parseSkeleton(): XmlNode;
}

function createRecordParser(name: string, encoding: TextEncoding, scan: MarkupScan): RecordParser {
  const heads = new Map<number, XmlNode>();
  const parse = (text: string, element: string | undefined) => {
    try {
      return parsePlainMarkup(text) ?? parseXmlText(text);
    } catch (error) {
      if (!(error instanceof XmlProblem)) throw error;
      throw new AnnotationError(name, `not XML as it should be: ${error.message}`, {
        cause: error,
        element,
        hint: 'export the annotations anew, or mend the file by hand',
      });
    }
  };
  const parseHead = ({ markup, open }: GroupHead) => {
    const tags = open.toReversed().map((tag) => `</${tag}>`);
    return parse(`${decodeBytes(markup, encoding)}${tags.join('')}`, describeMarkup(decodeBytes(markup, encoding)));
  };
  const parseBatch = (batch: readonly MarkupRecord[]) => {
    const texts = batch.map(({ from, to }) => decodeBytes(scan.record.values.subarray(from, to), encoding));
    return parseTogether(texts) ?? texts.map((text) => parse(text, describeMarkup(text)));
  };
  return {
    isFull() {
      let values = 0;
      for (const { vertices } of scan.records) values += vertices.length;
      return scan.records.length >= BATCH_RECORDS || scan.recordStart >= BATCH_BYTES || values >= BATCH_VALUES;
    },
    parseBatch() {
      for (const head of scan.heads) if (!heads.has(head.group)) heads.set(head.group, parseHead(head));
      const batch = scan.records.splice(0, countBatch(scan));
      const nodes = parsePlainBatch(batch, scan.record.values) ?? parseBatch(batch);
      return batch.map(({ vertices, firstBad, group }, k) => {
        const node = nodes[k];
        if (!node) throw new Error('a shape was lost between scanner and parser');
        return { node, vertices, firstBad, group, groupHead: heads.get(group) };
      });
    },
    parseSkeleton: () =>
      parse(decodeBytes(scan.skeleton.values.subarray(0, scan.skeleton.length), encoding), undefined),
  };
}

function countBatch({ records }: MarkupScan): number {
  let bytes = 0;
  let count = 0;
  for (const { from, to } of records) {
    if (count === BATCH_RECORDS || (count > 0 && bytes + to - from > BATCH_BYTES)) break;
    bytes += to - from;
    count++;
  }
  return count;
}

/** What most records are: ASCII without anything but elements and attributes. Undefined where one of them is more. */
function parsePlainBatch(batch: readonly MarkupRecord[], bytes: Uint8Array): readonly XmlNode[] | undefined {
  const start = batch[0]?.from ?? 0;
  const text = decodeAscii(bytes.subarray(start, batch.at(-1)?.to ?? 0));
  if (text === undefined) return undefined;
  const nodes: XmlNode[] = [];
  try {
    for (const { from, to } of batch) {
      const node = parsePlainMarkup(text, from - start, to - start);
      if (!node) return undefined;
      nodes.push(node);
    }
  } catch (error) {
    if (error instanceof XmlProblem) return undefined;
    throw error;
  }
  return nodes;
}

/** One call of the parser for all; undefined where one of them is at fault, so that it can be found. */
function parseTogether(texts: readonly string[]): readonly XmlNode[] | undefined {
  try {
    const { children } = parseXmlText(`<batch>${texts.join('')}</batch>`);
    return children.length === texts.length ? children : undefined;
  } catch (error) {
    if (error instanceof XmlProblem) return undefined;
    throw error;
  }
}

function createScanError(
  name: string,
  scan: MarkupScan,
  { offset, encoding }: { offset: number; encoding: TextEncoding },
): AnnotationError {
  const inside =
    scan.recordDepth >= 0
      ? decodeBytes(scan.record.values.subarray(scan.recordStart, scan.record.length), encoding)
      : '';
  return new AnnotationError(name, `${scan.problem ?? 'unreadable'} (near byte ${offset})`, {
    element: describeMarkup(inside),
    hint: 'export the annotations anew, or mend the file by hand',
  });
}

/** Name and identity of the first element of a text: `Region Id="12"`. */
export function describeMarkup(text: string): string | undefined {
  const tag = /^\s*<([^\s/>]{1,80})([^>]{0,4096})/.exec(text);
  if (!tag) return undefined;
  const identity = /\s((?:Id|id|Name|name)\s*=\s*(?:"[^"]{0,80}"|'[^']{0,80}'))/.exec(tag[2] ?? '')?.[1];
  return identity === undefined ? tag[1] : `${tag[1]} ${identity}`;
}
