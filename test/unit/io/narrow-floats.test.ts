import { expect, it } from 'vitest';
import { halfToFloat, narrowToHalf } from '../../../src/io/safetensors/kernels/narrow-floats.ts';

const narrow = (...values: number[]) => [...narrowToHalf(Float32Array.from(values))];
const next = (value: number, to: 1 | -1) => {
  const word = Float32Array.of(value);
  new Int32Array(word.buffer)[0]! += to;
  return word[0]!;
};

it('every half goes through a float and back', () => {
  const halves = Array.from({ length: 0x10000 }, (_, bits) => bits).filter((bits) => (bits & 0x7fff) <= 0x7c00);
  expect(narrow(...halves.map(halfToFloat))).toEqual(halves);
  expect(narrow(Number.NaN).map((bits) => bits & 0x7fff)).toEqual([0x7e00]);
});

it('what lies between two halves goes to the nearer one, and from the middle to the even one', () => {
  for (let bits = 0; bits < 0x7bff; bits += 7) {
    const middle = (halfToFloat(bits) + halfToFloat(bits + 1)) / 2;
    const even = bits % 2 === 0 ? bits : bits + 1;
    expect(narrow(middle, next(middle, 1), next(middle, -1), -middle)).toEqual([even, bits + 1, bits, even | 0x8000]);
  }
  // The middle of the largest half and what would follow it.
  expect(narrow(65_519.996, 65_520, 1e9, -Infinity)).toEqual([0x7bff, 0x7c00, 0x7c00, 0xfc00]);
});
