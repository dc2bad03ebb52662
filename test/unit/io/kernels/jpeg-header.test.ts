import { describe, expect, it } from 'vitest';
import { createJpegDecoder, parseJpegHeader, parseJpegTables } from '../../../../src/io/kernels/jpeg-decode.ts';
import { createKernels } from '../../../../src/io/kernels/wasm-kernels.ts';
import { JPEG_FIXTURES, readFixture } from '../../../golden/jpeg-decode-fixtures.ts';
import { splitJpeg } from '../../../support/jpeg-parts.ts';

const [first, second] = JPEG_FIXTURES.map(({ name }) => readFixture(name)) as [Uint8Array, Uint8Array];

describe('headers that were parsed before', () => {
  it('are the same object for streams that begin alike, and only for those', () => {
    const header = parseJpegHeader(first);
    const other = first.slice();
    other.fill(0, header.scan);
    expect(parseJpegHeader(other)).toBe(header);
    expect(parseJpegHeader(second)).not.toEqual(header);
    expect(parseJpegHeader(first)).toEqual(header);
    const longer = first.slice();
    longer[header.scan - 1] = 1;
    expect(parseJpegHeader(longer)).not.toBe(parseJpegHeader(first));
  });

  it('are not taken for those of other tables, of another colour, or of a stream that ends before them', () => {
    const { tables, abbreviated: stream } = splitJpeg(first);
    const [one, same] = [parseJpegTables(tables), parseJpegTables(tables)];
    const header = parseJpegHeader(stream, { tables: one });
    expect(parseJpegHeader(stream, { tables: one })).toBe(header);
    expect(parseJpegHeader(stream, { tables: same })).not.toBe(header);
    const told = parseJpegHeader(stream, { tables: one, colour: 'ycbcr' });
    expect(parseJpegHeader(stream, { tables: one })).not.toBe(told);
    expect(() => parseJpegHeader(stream.subarray(0, header.scan - 1), { tables: one })).toThrow('leaves the stream');
  });

  it('do not keep a decoder from writing its job anew for other headers, also after one that failed', () => {
    const decoder = createJpegDecoder(createKernels(2 ** 25));
    const expected = [first, second].map((jpeg) => createJpegDecoder().decode(jpeg, parseJpegHeader(jpeg)));
    const decode = (jpeg: Uint8Array) => decoder.decode(jpeg, parseJpegHeader(jpeg));
    expect([decode(first), decode(second), decode(second)]).toEqual([expected[0], expected[1], expected[1]]);
    const [table] = parseJpegHeader(first).tables;
    const broken = { ...parseJpegHeader(first), tables: [1, 2, 3].map(() => ({ ...table!, ac: badTable() })) };
    expect(() => decoder.decode(first, broken)).toThrow('no prefix code');
    expect([decode(second), decode(first)]).toEqual([expected[1], expected[0]]);
  });
});

/** Three codes of one bit. */
function badTable(): Uint8Array {
  return Uint8Array.of(3, ...new Array<number>(15).fill(0), 1, 2, 3);
}
