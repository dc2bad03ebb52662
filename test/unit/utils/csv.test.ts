import fc from 'fast-check';
import { expect, test } from 'vitest';
import { formatCsvLine, parseCsv, parseCsvTable } from '../../../src/utils/csv.ts';

test('fields are quoted where they must be', () => {
  expect(formatCsvLine(['a', 1.5, true, undefined, null, Number.NaN])).toBe('a,1.5,true,,,\n');
  expect(formatCsvLine(['a,b', 'say "hi"', 'two\nlines', ' x'])).toBe('"a,b","say ""hi""","two\nlines"," x"\n');
});

test('byte order mark, CRLF, CR, empty lines, empty fields, no line end at the end', () => {
  expect(parseCsv('\uFEFFa,b\r\n1,2\r3,\n\n"x\r\ny",""')).toEqual([
    ['a', 'b'],
    ['1', '2'],
    ['3', ''],
    ['x\r\ny', ''],
  ]);
  expect(parseCsv('a,')).toEqual([['a', '']]);
  expect(parseCsv('')).toEqual([]);
});

test('what is written is read back (any text)', () => {
  const row = fc.array(fc.string({ unit: 'binary' }), { minLength: 2, maxLength: 5 });
  fc.assert(
    fc.property(fc.array(row), (rows) => {
      expect(parseCsv(`\uFEFF${rows.map(formatCsvLine).join('')}`)).toEqual(rows);
    }),
  );
});

test('a table is keyed by its header, in any order of columns', () => {
  const table = parseCsvTable('mpp, slide\n0.25,a.svs\n0.5,__proto__\n');
  expect(table.columns).toEqual(['mpp', 'slide']);
  expect(table.rows).toEqual([
    { mpp: '0.25', slide: 'a.svs' },
    { mpp: '0.5', slide: '__proto__' },
  ]);
  expect(parseCsvTable('')).toEqual({ columns: [], rows: [], lines: [] });
});

test('a table knows the lines of its rows: empty ones count, and line ends inside quotes', () => {
  const { lines } = parseCsvTable('\uFEFFslide,mpp\r\n\r\n"a\r\nb",1\r\nc,2\rd,3\n\ne,4');
  expect(lines).toEqual([3, 5, 6, 8]);
});

test.each([
  ['a,b\n1\n', 'mpp.csv: row 2 has 1 fields, the header has 2'],
  ['a,a\n', 'names the column "a" twice'],
  ['a\n"x', 'row 2 has a quote that is never closed'],
  ['"a"b\n', 'row 1 has text behind a closing quote'],
])('damage is named by row (%#)', (text, message) => {
  expect(() => parseCsvTable(text, 'mpp.csv')).toThrow(message);
});
