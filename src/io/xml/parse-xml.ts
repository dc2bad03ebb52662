import { createRequire } from 'node:module';
import { UnsupportedFormatError } from '../../utils/errors.ts';
import type { XmlNode } from './xml-node.ts';

/** Characters of a document: base64 pictures fit. */
const MAX_LENGTH = 16 * 2 ** 20;
/** Characters without long texts: 13,000 planes of OME-XML fit. The parser goes by characters: a second, 200 MB at most. */
const MAX_MARKUP = 2 * 2 ** 20;
/** Elements and attributes, which take far more memory than their text. */
const MAX_ELEMENTS = 2 ** 16;
const MAX_ATTRIBUTES = 2 ** 18;
const MAX_DEPTH = 64;

const TEXT = '#text';
const CDATA = '#cdata';
const ATTRIBUTES = ':@';

/**
 * Parses a whole XML document; bytes are UTF-8 up to the first NUL, or Latin-1 where they are no UTF-8.
 * @param name of the slide, for errors.
 * @returns the root element.
 * @throws UnsupportedFormatError on malformed XML, a document type (entities of one's own are a way to eat memory), an
 * unknown entity, and on a document that is too long, too deep or has too many elements.
 */
export function parseXml(input: string | Uint8Array, name: string): XmlNode {
  try {
    return parseXmlText(typeof input === 'string' ? input.replace(/^\uFEFF/, '') : decodeXmlText(input));
  } catch (error) {
    if (!(error instanceof XmlProblem)) throw error;
    throw new UnsupportedFormatError(name, `the XML that describes the slide can't be read: ${error.message}`, {
      ...(error.cause === undefined ? {} : { cause: error.cause }),
      hint: 'the description is damaged; write the file anew with the program that it comes from',
    });
  }
}

/** What is wrong with a document, for callers that know what the document is. */
export class XmlProblem extends Error {}

/** As `parseXml`. @throws XmlProblem */
export function parseXmlText(text: string): XmlNode {
  checkSize(text);
  const { markup, texts } = setLongTextsAside(text.trim());
  if (markup.length > MAX_MARKUP)
    throw new XmlProblem(`${markup.length} characters of markup, more than ${MAX_MARKUP}`);
  const { XMLParser } = loadParser();
  const parser = new XMLParser({
    preserveOrder: true,
    ignoreAttributes: false,
    attributeNamePrefix: '',
    removeNSPrefix: true,
    parseTagValue: false,
    processEntities: false,
    cdataPropName: CDATA,
    ignoreDeclaration: true,
    ignorePiTags: true,
    maxNestedTags: MAX_DEPTH,
    jPath: false,
  });
  let nodes: unknown;
  try {
    nodes = parser.parse(markup, true);
  } catch (error) {
    throw new XmlProblem(explain(error), { cause: error });
  }
  const roots = listRecords(nodes)
    .map((record) => createNode(record, texts))
    .filter((node) => node !== undefined);
  const [root] = roots;
  if (!root || roots.length > 1) throw new XmlProblem(`${roots.length} root elements`);
  return root;
}

/** Loaded with the first document: 8 MB that slides without XML need not pay. */
function loadParser() {
  return createRequire(import.meta.url)('fast-xml-parser') as typeof import('fast-xml-parser');
}

/** Text of XML bytes: up to the first NUL, without a byte order mark. */
export function decodeXmlText(bytes: Uint8Array): string {
  const end = bytes.indexOf(0);
  const text = end < 0 ? bytes : bytes.subarray(0, end);
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(text);
  } catch {
    return new TextDecoder('latin1').decode(text);
  }
}

function checkSize(text: string): void {
  if (text.length > MAX_LENGTH) throw new XmlProblem(`${text.length} characters, more than ${MAX_LENGTH}`);
  if (/<!DOCTYPE|<!ENTITY/i.test(text)) throw new XmlProblem('it declares a document type, which is never read');
  const elements = count(text, '<');
  // Each element may have a closing tag, which counts too.
  if (elements > 2 * MAX_ELEMENTS) throw new XmlProblem(`more than ${MAX_ELEMENTS} elements`);
  if (count(text, '=') > MAX_ATTRIBUTES) throw new XmlProblem(`more than ${MAX_ATTRIBUTES} attributes`);
}

function count(text: string, character: string): number {
  let found = 0;
  for (let at = text.indexOf(character); at >= 0; at = text.indexOf(character, at + 1)) found++;
  return found;
}

/** A character for private use, which marks the places of long texts. */
const MARK = '\uE000';
/** Characters from which on a text is set aside. */
const LONG = 1024;

/** What is put together again after parsing: the markup, with numbers between marks where long texts were. */
function setLongTextsAside(text: string): { markup: string; texts: readonly string[] } {
  const texts: string[] = [];
  if (text.includes(MARK)) return { markup: text, texts };
  const pieces: string[] = [];
  let done = 0;
  // Behind the last tag, as long as the text has no entity; -1 elsewhere.
  let start = -1;
  for (let at = 0; at < text.length; at++) {
    const code = text.charCodeAt(at);
    if (code === CODE.close) start = at + 1;
    else if (code === CODE.ampersand) start = -1;
    else if (code === CODE.open) {
      if (start >= 0 && at - start >= LONG) {
        pieces.push(text.slice(done, start), MARK, String(texts.length), MARK);
        texts.push(text.slice(start, at));
        done = at;
      }
      start = -1;
    }
  }
  return { markup: pieces.join('') + text.slice(done), texts };
}

const CODE = { ampersand: 0x26, open: 0x3c, close: 0x3e } as const;

/** `record` is the parser's ordered form: `{ name: children, ':@': attributes }`. */
function createNode(record: Record<string, unknown>, texts: readonly string[]): XmlNode | undefined {
  const name = Object.keys(record).find((key) => key !== ATTRIBUTES);
  if (name === undefined || name === TEXT || name === CDATA) return undefined;
  const attributes = new Map<string, string>();
  for (const [key, value] of Object.entries(asRecord(record[ATTRIBUTES])))
    attributes.set(key, decodeText(String(value), texts));
  const children: XmlNode[] = [];
  const pieces: string[] = [];
  for (const part of listRecords(record[name])) {
    if (TEXT in part) pieces.push(decodeText(String(part[TEXT]), texts));
    else if (CDATA in part)
      pieces.push(...listRecords(part[CDATA]).map((piece) => restore(String(piece[TEXT] ?? ''), texts)));
    else children.push(...[createNode(part, texts)].filter((child) => child !== undefined));
  }
  return { name, attributes, children, text: pieces.join('').trim() };
}

function listRecords(value: unknown): Record<string, unknown>[] {
  return Array.isArray(value) ? value.map(asRecord) : [];
}

function asRecord(value: unknown): Record<string, unknown> {
  return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {};
}

function decodeText(text: string, texts: readonly string[]): string {
  // Marks before entities: a mark that is written as a reference is a character like others.
  const whole = restore(text, texts);
  return whole.includes('&') ? decodeEntities(whole) : whole;
}

/** Each long text stands in one place, so nothing grows. */
function restore(text: string, texts: readonly string[]): string {
  if (texts.length === 0 || !text.includes(MARK)) return text;
  return text.replace(/\uE000(\d+)\uE000/g, (_, index: string) => texts[Number(index)] ?? '');
}

const NAMED: Readonly<Record<string, string>> = { amp: '&', lt: '<', gt: '>', quot: '"', apos: "'" };

/** The five entities of XML and character references; nothing expands to more than was written. */
export function decodeEntities(text: string): string {
  return text.replace(/&([^;&\s]{0,16});?/g, (whole, reference: string) => {
    const decoded = whole.endsWith(';') ? decodeEntity(reference) : undefined;
    if (decoded === undefined) throw new XmlProblem(`unknown entity "${whole}"`);
    return decoded;
  });
}

function decodeEntity(reference: string): string | undefined {
  if (!reference.startsWith('#')) return Object.hasOwn(NAMED, reference) ? NAMED[reference] : undefined;
  const digits = /^#(?:x([0-9a-f]+)|([0-9]+))$/i.exec(reference);
  if (!digits) return undefined;
  const code = digits[1] === undefined ? Number.parseInt(digits[2] ?? '', 10) : Number.parseInt(digits[1], 16);
  return code > 0 && code <= 0x10_ffff ? String.fromCodePoint(code) : undefined;
}

function explain(error: unknown): string {
  // "problem:line:column", where not every problem has a column.
  const message = (error instanceof Error ? error.message : String(error)).replaceAll(':undefined', '');
  return message.length > 200 ? `${message.slice(0, 200)}…` : message;
}
