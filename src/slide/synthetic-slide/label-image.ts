import { hash2 } from './kernels/hash.ts';
import type { Picture } from './tile-encoder.ts';

/** Size of the label page in pixels, and of one dot of its letters. */
const WIDTH = 400;
const HEIGHT = 440;
const DOT = 6;

const PAPER = [250, 249, 244] as const;
const PRINT = [32, 34, 44] as const;

/** Letters of 5 x 7 dots: one number a row, the highest of five bits on the left. Only what labels say. */
const GLYPHS: Readonly<Record<string, readonly number[]>> = {
  '0': [14, 17, 19, 21, 25, 17, 14],
  '1': [4, 12, 4, 4, 4, 4, 14],
  '2': [14, 17, 1, 2, 4, 8, 31],
  '3': [31, 2, 4, 2, 1, 17, 14],
  '4': [2, 6, 10, 18, 31, 2, 2],
  '5': [31, 16, 30, 1, 1, 17, 14],
  '6': [6, 8, 16, 30, 17, 17, 14],
  '7': [31, 1, 2, 4, 8, 8, 8],
  '8': [14, 17, 17, 14, 17, 17, 14],
  '9': [14, 17, 17, 15, 1, 2, 12],
  '.': [0, 0, 0, 0, 0, 12, 12],
  C: [14, 17, 16, 16, 16, 17, 14],
  D: [30, 17, 17, 17, 17, 17, 30],
  E: [31, 16, 16, 30, 16, 16, 31],
  H: [17, 17, 17, 31, 17, 17, 17],
  I: [14, 4, 4, 4, 4, 4, 14],
  L: [16, 16, 16, 16, 16, 16, 31],
  M: [17, 27, 21, 21, 17, 17, 17],
  N: [17, 25, 21, 19, 17, 17, 17],
  O: [14, 17, 17, 17, 17, 17, 14],
  P: [30, 17, 17, 30, 16, 16, 16],
  S: [15, 16, 16, 14, 1, 1, 30],
  T: [31, 4, 4, 4, 4, 4, 4],
  U: [17, 17, 17, 17, 17, 17, 14],
  Y: [17, 17, 10, 4, 4, 4, 4],
};

/** The slide's paper label: what it is, its seed, and a square code. */
export function createLabelImage(options: { seed: number; mpp: number }): Picture {
  const data = new Uint8Array(WIDTH * HEIGHT * 3);
  for (let i = 0; i < data.length; i++) data[i] = PAPER[i % 3] ?? 255;
  const picture = { width: WIDTH, height: HEIGHT, data };
  printText(picture, 'SLIDELOOM', { x: 34, y: 30 });
  printText(picture, 'SYNTHETIC', { x: 34, y: 84 });
  printText(picture, `SEED ${options.seed % 1e4}`, { x: 34, y: 138 });
  printText(picture, `MPP ${options.mpp.toFixed(2)}`, { x: 34, y: 192 });
  printCode(picture, options.seed);
  return picture;
}

interface Canvas extends Picture {
  readonly data: Uint8Array;
}

function printText(canvas: Canvas, text: string, at: { x: number; y: number }): void {
  [...text].forEach((letter, index) => {
    (GLYPHS[letter] ?? []).forEach((bits, row) => {
      for (let col = 0; col < 5; col++) {
        if ((bits >> (4 - col)) & 1) fillDot(canvas, at.x + (index * 6 + col) * DOT, at.y + row * DOT, DOT);
      }
    });
  });
}

/** A square of 12 x 12 dots that looks like a matrix code; it says nothing. */
function printCode(canvas: Canvas, seed: number): void {
  const side = 12;
  const dot = 13;
  for (let row = 0; row < side; row++) {
    for (let col = 0; col < side; col++) {
      const border =
        col === 0 || row === side - 1 || (row === 0 && col % 2 === 0) || (col === side - 1 && row % 2 === 1);
      const inner = col > 0 && row > 0 && col < side - 1 && row < side - 1;
      const dark = border || (inner && hash2(seed + 950, col, row) % 2 === 0);
      if (dark) fillDot(canvas, 34 + col * dot, 258 + row * dot, dot);
    }
  }
}

function fillDot(canvas: Canvas, x: number, y: number, size: number): void {
  for (let row = y; row < y + size; row++) {
    for (let col = x; col < x + size; col++) canvas.data.set(PRINT, (row * canvas.width + col) * 3);
  }
}
