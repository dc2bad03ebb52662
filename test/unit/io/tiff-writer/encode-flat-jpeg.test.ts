import { describe, expect, test } from 'vitest';
import { checkJpegScans } from '../../../../src/io/codec/check-jpeg.ts';
import { jpegCodec } from '../../../../src/io/codec/jpeg.ts';
import { sharp } from '../../../../src/io/codec/sharp.ts';
import { encodeFlatJpeg } from '../../../../src/io/tiff/writer/encode-flat-jpeg.ts';

const one = { across: 1, down: 1 };

describe.each([
  ['grey', 1, [{ ...one, value: 255 }]],
  ['black, for white is zero', 1, [{ across: 2, down: 2, value: 0 }]],
  ['RGB', 2, [one, one, one].map((factors) => ({ ...factors, value: 255 }))],
  ['YCbCr 4:4:4', 6, [255, 128, 128].map((value) => ({ ...one, value }))],
  [
    'YCbCr 4:2:2',
    6,
    [
      { across: 2, down: 1, value: 255 },
      { ...one, value: 128 },
      { ...one, value: 128 },
    ],
  ],
  [
    'YCbCr 4:2:0',
    6,
    [
      { across: 2, down: 2, value: 255 },
      { ...one, value: 128 },
      { ...one, value: 128 },
    ],
  ],
] as const)('%s', (name, photometric, components) => {
  test.each([
    [16, 16],
    [240, 240],
    [512, 256],
  ])('%d x %d is one colour, exactly', async (width, height) => {
    const bytes = encodeFlatJpeg({ width, height }, components);
    checkJpegScans(bytes);
    const samples = components.length;
    const parameters = { width, height, fullHeight: height, samples, bitsPerSample: 8, photometric };
    const shown = await jpegCodec.decode(bytes, { ...parameters, predictor: 1, extraSample: 0, jpegTables: undefined });
    expect(shown.data.every((value) => value === (name.startsWith('black') ? 0 : 255))).toBe(true);
    // libjpeg's opinion; by itself it takes three components for YCbCr.
    if (photometric === 2) return;
    const { data, info } = await sharp(bytes, { failOn: 'warning' }).raw().toBuffer({ resolveWithObject: true });
    expect(info).toMatchObject({ width, height });
    expect(data.every((value) => value === (name.startsWith('black') ? 0 : 255))).toBe(true);
  });
});

test('it uses no table that tag 347 may have', () => {
  const bytes = encodeFlatJpeg({ width: 16, height: 16 }, [{ ...one, value: 255 }]);
  const numbers: number[] = [];
  for (let at = 2; bytes[at + 1] !== 0xda; at += 2 + bytes[at + 2]! * 256 + bytes[at + 3]!)
    if (bytes[at + 1] === 0xdb || bytes[at + 1] === 0xc4) numbers.push(bytes[at + 4]! & 15);
  expect(numbers).toEqual([3, 3]);
});
