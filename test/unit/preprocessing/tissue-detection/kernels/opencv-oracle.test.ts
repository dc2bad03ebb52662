import { execFileSync } from 'node:child_process';
import { describe, expect, it } from 'vitest';
import {
  createColorConverter,
  PLAIN_COLORS,
} from '../../../../../src/preprocessing/tissue-detection/color-converter.ts';
import { labelComponents } from '../../../../../src/preprocessing/tissue-detection/kernels/components.ts';
import { computeHistogram, computeOtsu } from '../../../../../src/preprocessing/tissue-detection/kernels/histogram.ts';
import { medianBlur, selectMedianAbove } from '../../../../../src/preprocessing/tissue-detection/kernels/median.ts';
import {
  close,
  createEllipseKernel,
  createRectKernel,
  dilate,
  erode,
  type MorphologyKernel,
  open,
} from '../../../../../src/preprocessing/tissue-detection/kernels/morphology.ts';
import { createRandom } from '../support.ts';

const PYTHON = '/usr/bin/python3';

function hasOpenCv(): boolean {
  try {
    execFileSync(PYTHON, ['-c', 'import cv2, numpy'], { stdio: 'ignore' });
    return true;
  } catch {
    process.stderr.write('SKIPPED: kernels against cv2 need python3 with cv2 and numpy\n');
    return false;
  }
}

/** Runs Python with `a`: the input bytes; it writes its answer as bytes of numpy array `out`. */
function runPython(input: Uint8Array, code: string): Uint8Array {
  const script = `import sys, cv2, numpy as np\na = np.frombuffer(sys.stdin.buffer.read(), np.uint8)\n${code}\nsys.stdout.buffer.write(np.ascontiguousarray(out).tobytes())`;
  return new Uint8Array(execFileSync(PYTHON, ['-c', script], { input, maxBuffer: 2 ** 28 }));
}

function createBytes(length: number, seed: number): Uint8Array {
  const random = createRandom(seed);
  return Uint8Array.from({ length }, () => Math.floor(random() * 256));
}

const WIDTH = 61;
const HEIGHT = 47;
const noise = createBytes(WIDTH * HEIGHT, 7);
const blobs = {
  width: WIDTH,
  height: HEIGHT,
  data: medianBlur({ width: WIDTH, height: HEIGHT, data: noise }, 3).map((v) => (v > 118 ? 1 : 0)),
};

// All arithmetic is integer or a comparison, so every pixel must be equal: the tolerance is 0.
describe.skipIf(!hasOpenCv())('kernels equal cv2', () => {
  it('grey, saturation and HSV of 300,000 random colours and of all greys', () => {
    const greys = Uint8Array.from({ length: 768 }, (_, i) => Math.floor(i / 3));
    const rgb = Uint8Array.from([...createBytes(900_000, 1), ...greys]);
    const code = 'p = a.reshape(1, -1, 3)\n';
    const grey = runPython(rgb, `${code}out = cv2.cvtColor(p, cv2.COLOR_RGB2GRAY)`);
    const hsv = runPython(rgb, `${code}out = cv2.cvtColor(p, cv2.COLOR_RGB2HSV)`);
    const saturation = hsv.filter((_, i) => i % 3 === 1);
    for (const colors of [PLAIN_COLORS, createColorConverter()]) {
      expectSame(colors.computeGrey(rgb), grey);
      expectSame(colors.computeHsv(rgb), hsv);
      expectSame(colors.computeSaturation(rgb), saturation);
    }
  });

  it('Otsu of 200 random histograms with one to 60 grey levels', () => {
    const random = createRandom(3);
    const pictures = Array.from({ length: 200 }, () => {
      const levels = Array.from({ length: 1 + Math.floor(random() * 60) }, () => Math.floor(random() * 256));
      return Uint8Array.from({ length: 500 }, () => levels[Math.floor(random() ** 2 * levels.length)]!);
    });
    const input = Uint8Array.from(pictures.flatMap((picture) => [...picture]));
    const expected = runPython(
      input,
      'out = np.array([cv2.threshold(p.reshape(1, -1), 0, 255, cv2.THRESH_OTSU)[0] for p in a.reshape(200, -1)], np.uint8)',
    );
    expect(pictures.map((picture) => computeOtsu(computeHistogram(picture)).threshold)).toEqual([...expected]);
  });

  it('median of 3, 5, 7, 11 and 15 pixels, also without sorting', () => {
    const plane = { width: WIDTH, height: HEIGHT, data: noise };
    const sizes = [3, 5, 7, 11, 15];
    const code = `m = a.reshape(${HEIGHT}, ${WIDTH})\nout = np.stack([cv2.medianBlur(m, k) for k in [${sizes}]])`;
    const expected = runPython(noise, code);
    sizes.forEach((size, i) => {
      const median = expected.subarray(i * noise.length, (i + 1) * noise.length);
      expect(medianBlur(plane, size)).toEqual(median);
      for (const threshold of [0, 100, 127, 254])
        expect(selectMedianAbove(plane, size, threshold)).toEqual(median.map((v) => (v > threshold ? 1 : 0)));
    });
  });

  it.each(['ELLIPSE', 'RECT'] as const)('%s of 1 to 21 pixels: the kernel, dilate, erode, open, close', (shape) => {
    const sizes = [1, 2, 3, 4, 5, 6, 7, 9, 12, 15, 21];
    const code = `m = a.reshape(${HEIGHT}, ${WIDTH})
parts = []
for size in [${sizes}]:
    k = cv2.getStructuringElement(cv2.MORPH_${shape}, (size, size))
    parts += [k, cv2.dilate(m, k), cv2.erode(m, k)]
    parts += [cv2.morphologyEx(m, cv2.MORPH_OPEN, k), cv2.morphologyEx(m, cv2.MORPH_CLOSE, k)]
out = np.concatenate([p.ravel() for p in parts])`;
    const expected = runPython(blobs.data, code);
    let offset = 0;
    const next = (length: number) => {
      offset += length;
      return expected.subarray(offset - length, offset);
    };
    for (const size of sizes) {
      const kernel = shape === 'ELLIPSE' ? createEllipseKernel(size) : createRectKernel(size);
      expect(toMatrix(kernel, size), `kernel ${size}`).toEqual([...next(size * size)]);
      for (const operation of [dilate, erode, open, close])
        expect(operation(blobs, kernel), `${operation.name} ${size}`).toEqual(next(blobs.data.length));
    }
  });

  it.each([4, 8] as const)('areas of %i-connected components', (connectivity) => {
    const expected = runPython(
      blobs.data,
      `out = np.sort(cv2.connectedComponentsWithStats(a.reshape(${HEIGHT}, ${WIDTH}), connectivity=${connectivity})[2][1:, 4]).astype(np.uint32)`,
    );
    const areas = labelComponents(blobs, 1, connectivity).area.filter((area) => area > 0);
    expect([...areas].sort((a, b) => a - b)).toEqual([...new Uint32Array(expected.buffer)]);
  });
});

/** `toEqual` takes seconds on a million bytes. */
function expectSame(actual: Uint8Array, expected: Uint8Array): void {
  expect(Buffer.compare(actual, expected)).toBe(0);
}

function toMatrix(kernel: MorphologyKernel, size: number): number[] {
  const matrix = new Array<number>(size * size).fill(0);
  const anchor = size >> 1;
  for (const { dy, start, end } of kernel.rows)
    for (let dx = start; dx < end; dx++) matrix[(dy + anchor) * size + dx + anchor] = 1;
  return matrix;
}
