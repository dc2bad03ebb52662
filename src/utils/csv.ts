/**
 * CSV as RFC 4180 has it: comma, double quotes where needed, a quote inside quotes doubled. Reading takes LF, CRLF and CR
 * line ends and a byte order mark; writing ends lines with LF, which every reader takes and line tools expect.
 */
import { SourceError } from './errors.ts';

export type CsvValue = string | number | boolean | null | undefined;

export interface CsvTable {
  readonly columns: readonly string[];
  /** One object a row, keyed by column. */
  readonly rows: readonly Readonly<Record<string, string>>[];
  /** The line of the file that each row begins on, from 1. */
  readonly lines: readonly number[];
}

/** One line with its line feed. `undefined`, `null` and NaN become empty fields. */
export function formatCsvLine(values: readonly CsvValue[]): string {
  // Joined by hand: tables have a line for each of a million patches.
  let line = '';
  for (let place = 0; place < values.length; place++) line += (place > 0 ? ',' : '') + formatField(values[place]);
  return `${line}\n`;
}

/** The fields of each row. Empty lines are left out. @throws SourceError on an unclosed or misplaced quote. */
export function parseCsv(text: string, name = 'CSV'): string[][] {
  return parseRows(text, name).map(({ fields }) => fields);
}

function parseRows(text: string, name: string): { fields: string[]; line: number }[] {
  const rows: { fields: string[]; line: number }[] = [];
  let row: string[] = [];
  let at = text.startsWith('\uFEFF') ? 1 : 0;
  let line = 1;
  let start = at;
  while (at < text.length) {
    const field = readField(text, at, { name, row: rows.length + 1 });
    row.push(field.value);
    at = field.end;
    if (text[at] === ',') {
      at++;
      if (at < text.length) continue;
      row.push('');
    }
    at += text.startsWith('\r\n', at) ? 2 : 1;
    if (row.length > 1 || row[0] !== '') rows.push({ fields: row, line });
    row = [];
    line += countLineEnds(text.slice(start, at));
    start = at;
  }
  return rows;
}

/** A table whose first row names the columns. @throws SourceError when a row has more or fewer fields than the header. */
export function parseCsvTable(text: string, name = 'CSV'): CsvTable {
  const [header, ...body] = parseRows(text, name);
  const columns = (header?.fields ?? []).map((column) => column.trim());
  const twice = columns.find((column, i) => columns.indexOf(column) !== i);
  if (twice !== undefined) throw new SourceError(name, `the header names the column ${JSON.stringify(twice)} twice`);
  const rows = body.map(({ fields }, i) => {
    if (fields.length === columns.length) return Object.fromEntries(columns.map((key, k) => [key, fields[k] ?? '']));
    throw new SourceError(name, `row ${i + 2} has ${fields.length} fields, the header has ${columns.length}`);
  });
  return { columns, rows, lines: body.map(({ line }) => line) };
}

function countLineEnds(text: string): number {
  return text.match(/\r\n|\r|\n/g)?.length ?? 0;
}

function formatField(value: CsvValue): string {
  if (value === undefined || value === null) return '';
  if (typeof value === 'number') return Number.isNaN(value) ? '' : String(value);
  const text = String(value);
  return /[",\r\n]|^\s|\s$/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

/** The field at `start`, and the position behind it: at a comma, a line end or the end of the text. */
function readField(text: string, start: number, where: { name: string; row: number }): { value: string; end: number } {
  if (text[start] !== '"') {
    const end = findFieldEnd(text, start);
    return { value: text.slice(start, end), end };
  }
  let value = '';
  for (let at = start + 1; ; ) {
    const quote = text.indexOf('"', at);
    if (quote < 0) throw new SourceError(where.name, `row ${where.row} has a quote that is never closed`);
    value += text.slice(at, quote);
    if (text[quote + 1] !== '"') return { value, end: checkFieldEnd(text, quote + 1, where) };
    value += '"';
    at = quote + 2;
  }
}

function findFieldEnd(text: string, start: number): number {
  let end = start;
  while (end < text.length && !isFieldEnd(text[end])) end++;
  return end;
}

function checkFieldEnd(text: string, end: number, where: { name: string; row: number }): number {
  if (end >= text.length || isFieldEnd(text[end])) return end;
  throw new SourceError(where.name, `row ${where.row} has text behind a closing quote`);
}

function isFieldEnd(char: string | undefined): boolean {
  return char === ',' || char === '\n' || char === '\r';
}
