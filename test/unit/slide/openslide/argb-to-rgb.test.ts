import { expect, it } from 'vitest';
import { layArgbOverWhite } from '../../../../src/slide/openslide/kernels/argb-to-rgb.ts';

function layOverWhite(...argb: number[]): number[] {
  const rgb = new Uint8Array(argb.length * 3);
  layArgbOverWhite(Uint32Array.from(argb), rgb);
  return [...rgb];
}

it('takes opaque pixels as they are', () => {
  expect(layOverWhite(0xff010203, 0xff000000, 0xffffffff, 0xfffe8040)).toEqual([
    ...[1, 2, 3, 0, 0, 0],
    ...[255, 255, 255, 254, 128, 64],
  ]);
});

it('is white where the slide stores nothing', () => {
  expect(layOverWhite(0, 0)).toEqual([255, 255, 255, 255, 255, 255]);
});

it('is the straight colour over white, to the rounding of the premultiplication', () => {
  for (let alpha = 0; alpha <= 255; alpha++) {
    for (let colour = 0; colour <= 255; colour += 5) {
      // As Cairo stores it: one rounding, and half a level is what it may cost.
      const stored = Math.round((colour * alpha) / 255);
      const over = (colour * alpha + 255 * (255 - alpha)) / 255;
      const [red = 0] = layOverWhite(((alpha << 24) | (stored << 16)) >>> 0);
      expect(Math.abs(red - over), `${colour} at ${alpha}`).toBeLessThanOrEqual(0.5);
    }
  }
});

it('does not wrap around for colours that are above their alpha', () => {
  expect(layOverWhite(0x40ff8040)).toEqual([255, 255, 255]);
});

it('reads only as many pixels as there is room for', () => {
  const rgb = new Uint8Array(3);
  layArgbOverWhite(Uint32Array.of(0xff070809, 0xff000000), rgb);
  expect([...rgb]).toEqual([7, 8, 9]);
});
