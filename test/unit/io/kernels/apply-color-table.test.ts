import { expect, it } from 'vitest';
import { applyColorTable } from '../../../../src/io/kernels/apply-color-table.ts';
import { createNoise } from '../../../support/tiny-tiff.ts';

/** Each colour's negative, turned round. */
const table = new Uint8Array(2 ** 24 * 3);
for (let colour = 0; colour < 2 ** 24; colour++) {
  table[colour * 3] = 255 - (colour & 255);
  table[colour * 3 + 1] = 255 - ((colour >> 8) & 255);
  table[colour * 3 + 2] = 255 - (colour >> 16);
}

it('replaces the pixels of a rectangle and no others, runs of one colour too', () => {
  const [pitch, start, width, height] = [50, 60, 7, 5];
  const bytes = createNoise(400);
  bytes.copyWithin(start + 3, start, start + 3);
  const expected = bytes.slice();
  for (let row = 0; row < height; row++)
    for (let col = 0; col < width; col++) {
      const at = start + row * pitch + col * 3;
      expected.set([255 - bytes[at + 2]!, 255 - bytes[at + 1]!, 255 - bytes[at]!], at);
    }
  applyColorTable(bytes, { start, pitch, width, height }, table);
  expect(bytes).toEqual(expected);
});
