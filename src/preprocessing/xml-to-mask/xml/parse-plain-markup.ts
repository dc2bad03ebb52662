import { decodeEntities } from '../../../io/xml/parse-xml.ts';
import type { XmlNode } from '../../../io/xml/xml-node.ts';

/** Characters and levels up to which markup is read here: the parser knows limits for more. */
const MAX_LENGTH = 2 ** 18;
const MAX_DEPTH = 32;
const CODE = {
  space: 0x20,
  quote: 0x22,
  apostrophe: 0x27,
  slash: 0x2f,
  less: 0x3c,
  equals: 0x3d,
  greater: 0x3e,
} as const;
/** Names that objects have by themselves: the parser decides what becomes of them. */
const OWN: ReadonlySet<string> = new Set(Object.getOwnPropertyNames(Object.prototype));

interface Element extends XmlNode {
  readonly attributes: Map<string, string>;
  readonly children: Element[];
  text: string;
}

/** Where the reading of a text has come to; -1 once something is not plain. */
interface Cursor {
  readonly text: string;
  at: number;
  readonly end: number;
}

/**
 * The one element in characters [from, to) of a text, as `parseXmlText` gives it, in a tenth of its time. For what most
 * shapes are: elements with attributes, and text only where there are no children; no prefixes, comments nor CDATA.
 * @returns undefined for anything else, be it XML or not: that is for the parser
 * @throws XmlProblem for an unknown entity
 */
export function parsePlainMarkup(text: string, from = 0, to = text.length): XmlNode | undefined {
  if (to - from > MAX_LENGTH) return undefined;
  const cursor: Cursor = { text, at: from, end: to };
  const open: Element[] = [];
  let root: Element | undefined;
  while (skipBlanks(cursor) < to) {
    const parent = open.at(-1);
    if (text.charCodeAt(cursor.at) !== CODE.less) {
      if (!parent || !takeText(cursor, parent)) return undefined;
    } else if (text.charCodeAt(cursor.at + 1) === CODE.slash) {
      if (!parent || !takeEnd(cursor, parent.name)) return undefined;
      open.pop();
    } else {
      const element = takeStart(cursor);
      if (!element || (parent ? parent.text !== '' : root)) return undefined;
      parent?.children.push(element);
      root ??= element;
      if (text.charCodeAt(cursor.at - 2) !== CODE.slash && open.push(element) > MAX_DEPTH) return undefined;
    }
  }
  return open.length === 0 ? root : undefined;
}

function skipBlanks(cursor: Cursor): number {
  const { text, end } = cursor;
  let { at } = cursor;
  for (; at < end; at++) {
    const code = text.charCodeAt(at);
    if (code !== CODE.space && (code < 0x09 || code > 0x0d || code === 0x0b || code === 0x0c)) break;
  }
  cursor.at = at;
  return at;
}

/** The only text of an element without children. */
function takeText(cursor: Cursor, parent: Element): boolean {
  const { text, at, end } = cursor;
  const stop = text.indexOf('<', at);
  if (stop < 0 || stop >= end || parent.text !== '' || parent.children.length > 0) return false;
  const value = text.slice(at, stop);
  if (value.includes('\r') || value.includes(']]>')) return false;
  parent.text = decode(value).trim();
  cursor.at = stop;
  // What decodes to blanks is a text that could be followed by another.
  return parent.text !== '';
}

function takeEnd(cursor: Cursor, name: string): boolean {
  cursor.at += 2;
  if (!cursor.text.startsWith(name, cursor.at)) return false;
  cursor.at += name.length;
  skipBlanks(cursor);
  return cursor.at < cursor.end && cursor.text.charCodeAt(cursor.at++) === CODE.greater;
}

/** A start tag; the cursor comes to stand behind it. */
function takeStart(cursor: Cursor): Element | undefined {
  const { text, end } = cursor;
  cursor.at++;
  const name = takeName(cursor);
  if (name === '') return undefined;
  const attributes = new Map<string, string>();
  const element = { name, attributes, children: [], text: '' };
  for (;;) {
    const before = cursor.at;
    const at = skipBlanks(cursor);
    if (at >= end) return undefined;
    const code = text.charCodeAt(at);
    if (code === CODE.slash && text.charCodeAt(at + 1) === CODE.greater && at + 1 < end) cursor.at += 2;
    else if (code === CODE.greater) cursor.at++;
    else if (at > before && takeAttribute(cursor, attributes)) continue;
    else return undefined;
    return element;
  }
}

function takeAttribute(cursor: Cursor, attributes: Map<string, string>): boolean {
  const { text } = cursor;
  const key = takeName(cursor);
  if (key === '' || attributes.has(key) || text.charCodeAt(cursor.at) !== CODE.equals) return false;
  const quote = text.charCodeAt(cursor.at + 1);
  if (quote !== CODE.quote && quote !== CODE.apostrophe) return false;
  const start = cursor.at + 2;
  for (let at = start; at < cursor.end; at++) {
    const code = text.charCodeAt(at);
    if (code === quote) {
      attributes.set(key, decode(text.slice(start, at)));
      cursor.at = at + 1;
      return true;
    }
    if (code === CODE.less || code < CODE.space) return false;
  }
  return false;
}

/** Letters of ASCII, digits, `_`, `-` and `.`; empty for other names. */
function takeName(cursor: Cursor): string {
  const { text, at, end } = cursor;
  let stop = at;
  while (stop < end && isNameCode(text.charCodeAt(stop))) stop++;
  const first = text.charCodeAt(at);
  const name = text.slice(at, stop);
  if (first < 0x41 || OWN.has(name)) return '';
  cursor.at = stop;
  return name;
}

function isNameCode(code: number): boolean {
  if ((code | 0x20) >= 0x61 && (code | 0x20) <= 0x7a) return true;
  return (code >= 0x30 && code <= 0x39) || code === 0x5f || code === 0x2d || code === 0x2e;
}

function decode(value: string): string {
  const trimmed = value.trim();
  return trimmed.includes('&') ? decodeEntities(trimmed) : trimmed;
}
