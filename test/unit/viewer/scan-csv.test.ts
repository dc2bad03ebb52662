import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseCsv } from '../../../src/utils/csv.ts';
import { createRecordFields, isBlank, parseNumber, scanRecord } from '../../../src/viewer/kernels/scan-csv.ts';
import { decodeFields } from '../../../src/viewer/layers/patches/read-records.ts';

/** All records of a text that comes in two pieces, cut at `cut`. */
function scan(text: string, cut: number): string[][] {
  const bytes = Buffer.from(text);
  const fields = createRecordFields();
  const rows: string[][] = [];
  let at = 0;
  for (const end of [Math.min(cut, bytes.length), bytes.length]) {
    const last = end === bytes.length;
    const piece = bytes.subarray(0, end);
    while (at < end) {
      const next = scanRecord(piece, at, { fields, last });
      if (next < 0) {
        if (last || next === -2) throw new Error(`no CSV at ${at}`);
        break;
      }
      rows.push(decodeFields({ bytes: piece, fields, offset: at, line: 0 }));
      at = next;
    }
  }
  return rows;
}

const numberTexts = fc.oneof(
  fc.double({ noDefaultInfinity: true, noNaN: true }).map(String),
  fc.tuple(fc.bigInt({ min: 0n, max: 10n ** 19n }), fc.nat({ max: 24 }), fc.boolean()).map(([digits, at, minus]) => {
    const text = String(digits).padStart(at + 1, '0');
    return `${minus ? '-' : ''}${text.slice(0, text.length - at)}.${text.slice(text.length - at)}`;
  }),
  fc
    .tuple(fc.nat({ max: 2 ** 31 - 1 }), fc.integer({ min: -40, max: 40 }))
    .map(([digits, power]) => `${digits}e${power}`),
  fc.constantFrom(
    '1e5',
    '.5',
    '5.',
    '+3',
    '0x10',
    '1_0',
    '--1',
    '1.2.3',
    '1e',
    'e5',
    '-',
    '.',
    '1e+7',
    '1E-7',
    ' 4 ',
    '-0',
    'Infinity',
  ),
);

describe('CSV by its bytes', () => {
  it('has the fields that a reader of texts finds, wherever blocks end', () => {
    const field = fc.oneof(
      fc.string({ unit: fc.constantFrom('a', '1', ' ', 'é', '.', ';'), maxLength: 4 }),
      fc.string({ unit: fc.constantFrom('a', ',', '""', '\n', '\r', 'é'), maxLength: 4 }).map((text) => `"${text}"`),
    );
    const text = fc
      .array(fc.tuple(fc.array(field, { minLength: 1, maxLength: 5 }), fc.constantFrom('\n', '\r\n')), { maxLength: 5 })
      .map((rows) => rows.map(([fields, end]) => fields.join(',') + end).join(''));
    fc.assert(
      fc.property(text, fc.nat({ max: 60 }), fc.boolean(), (whole, cut, open) => {
        const given = open ? whole.replace(/\r?\n$/, '') : whole;
        // An empty line is a record here, which readers leave out.
        const found = scan(given, cut).filter((row) => row.length > 1 || row[0] !== '');
        expect(found).toEqual(parseCsv(given).map((row) => row));
      }),
      { numRuns: 400 },
    );
  });

  it('tells text behind a quote, and a quote that is never closed', () => {
    expect(() => scan('"a"b,c\n', 99)).toThrow('no CSV');
    expect(() => scan('a,"b\nc', 99)).toThrow('no CSV');
  });

  it('reads numbers as Number does, to the last bit', () => {
    fc.assert(
      fc.property(numberTexts, (text) => {
        const bytes = Buffer.from(`x,${text},y`);
        expect(parseNumber(bytes, 2, bytes.length - 2)).toBe(Number(text));
      }),
      { numRuns: 2000 },
    );
    const [empty, blank, none] = ['', '  ', 'NaN'].map((text) => Buffer.from(text));
    for (const bytes of [empty, blank, none]) {
      if (!bytes) continue;
      expect(parseNumber(bytes, 0, bytes.length)).toBeNaN();
      expect(isBlank(bytes, 0, bytes.length)).toBe(true);
    }
    expect(isBlank(Buffer.from('text'), 0, 4)).toBe(false);
  });
});
