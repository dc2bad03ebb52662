import { execFileSync } from 'node:child_process';
import { describe, expect, it } from 'vitest';
import type { PixelBlock } from '../../../../src/io/kernels/pixel-block.ts';
import { createDensityTables, createModelTables, fillPlanes } from '../../../../src/io/kernels/rgb-planes.ts';
import { createPlaneConverter } from '../../../../src/io/kernels/rgb-planes-wasm.ts';
import { createKernels } from '../../../../src/io/kernels/wasm-kernels.ts';
import { skipLoudly } from '../../../support/shared-data.ts';
import { createNoise } from '../../../support/tiny-tiff.ts';

const kernels = createKernels(64 * 2 ** 20);
const IMAGENET = { mean: [0.485, 0.456, 0.406], std: [0.229, 0.224, 0.225] } as const;
const PYTHON = '/usr/bin/python3';

describe('tables', () => {
  it('hold v / 255 where nothing else is asked', () => {
    const tables = createModelTables();
    expect(tables).toHaveLength(768);
    for (const v of [0, 1, 51, 128, 255])
      for (const c of [0, 1, 2]) expect(tables[c * 256 + v]).toBe(Math.fround(v / 255));
    expect(createModelTables({ mean: undefined })).toEqual(tables);
  });

  it('normalise each channel by its own mean and deviation', () => {
    const tables = createModelTables(IMAGENET);
    // Close to the formula in doubles; the test against numpy below holds them to the last bit.
    expect(tables[255]).toBeCloseTo((1 - 0.485) / 0.229, 6);
    expect(tables[256 + 10]).toBeCloseTo((10 / 255 - 0.456) / 0.224, 6);
    expect(tables[512]).toBeCloseTo(-0.406 / 0.225, 6);
  });

  it('hold optical density: 0 for empty glass, ln Io for black', () => {
    const tables = createDensityTables(240);
    expect(tables[239]).toBe(-0);
    expect(tables[256]).toBe(Math.fround(Math.log(240)));
    expect(tables[512 + 255]).toBe(Math.fround(-Math.log(256 / 240)));
  });

  it('refuse a deviation of 0, two channels, and no light', () => {
    const option = (name: string) => expect.objectContaining({ tag: 'option', option: name });
    expect(() => createModelTables({ std: [1, 0, 1] })).toThrow(option('std'));
    expect(() => createModelTables({ mean: [0, 0] as unknown as [number, number, number] })).toThrow(option('mean'));
    expect(() => createDensityTables(0)).toThrow(option('lightIntensity'));
  });
});

describe('planes', () => {
  const tables = createModelTables(IMAGENET);
  const converter = createPlaneConverter(kernels, tables);
  const plain = createPlaneConverter(undefined, tables);
  const start = kernels.mark();

  /** A block of noise, and room for its planes with 16 marked bytes behind them. */
  function layOut(width: number, height: number, gap: number) {
    kernels.release(start);
    const length = (width * 3 + gap) * height;
    const floats = 3 * width * height;
    const from = kernels.allocate(length);
    const to = kernels.allocate(4 * floats + 16);
    const pixels = kernels.bytes(from, length);
    pixels.set(createNoise(length, width));
    const source: PixelBlock = { pixels, pitch: width * 3 + gap, width, height, channels: 3 };
    return { source, around: new Float32Array(kernels.memory.buffer, to, floats + 4).fill(77) };
  }

  it('hold what the tables say: red, green, blue, row by row', () => {
    const source = {
      pixels: Uint8Array.from([1, 2, 3, 4, 5, 6, 0, 7, 8, 9, 10, 11, 12]),
      pitch: 7,
      width: 2,
      height: 2,
    };
    const planes = new Float32Array(12);
    fillPlanes(
      { ...source, channels: 3 },
      Float32Array.from({ length: 768 }, (_, i) => i),
      planes,
    );
    expect([...planes]).toEqual([1, 4, 7, 10, 258, 261, 264, 267, 515, 518, 521, 524]);
  });

  it.each([
    [1, 1],
    [2, 3],
    [3, 2],
    [4, 4],
    [5, 7],
    [7, 5],
    [224, 224],
    [16_384, 2],
    [16_390, 3],
  ])(
    'of %i x %i are the same from the kernel, inside its memory and out of it, and from the plain version',
    (width, height) => {
      const { source, around } = layOut(width, height, width % 4);
      const length = 3 * width * height;
      const expected = new Float32Array(length);
      plain.convert(source, expected);
      const outside = new Float32Array(length);
      converter.convert(source, outside);
      expect(Buffer.compare(toBytes(outside), toBytes(expected))).toBe(0);
      converter.convert(source, around.subarray(0, length));
      expect(Buffer.compare(toBytes(around.subarray(0, length)), toBytes(expected))).toBe(0);
      expect([...around.subarray(length)]).toEqual([77, 77, 77, 77]);
    },
  );

  it('must have their exact length, and their source must lie in the kernels memory', () => {
    const { source } = layOut(4, 4, 0);
    const option = (name: string) => expect.objectContaining({ tag: 'option', option: name });
    expect(() => converter.convert(source, new Float32Array(47))).toThrow(option('planes.length'));
    expect(() => converter.convert({ ...source, pixels: new Uint8Array(48) }, new Float32Array(48))).toThrow(
      option('pixels'),
    );
    expect(() => createPlaneConverter(kernels, new Float32Array(5))).toThrow(option('tables.length'));
  });
});

function toBytes({ buffer, byteOffset, byteLength }: Float32Array): Uint8Array {
  return new Uint8Array(buffer, byteOffset, byteLength);
}

function hasNumpy(): boolean {
  try {
    execFileSync(PYTHON, ['-c', 'import numpy'], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
}

/** 256 levels by 3 channels as numpy computes them in float32. */
function askNumpy(code: string): Float32Array {
  const script = `import sys, numpy as np\nv = np.arange(256, dtype=np.uint8)\n${code}\nsys.stdout.buffer.write(out.tobytes())`;
  const bytes = execFileSync(PYTHON, ['-c', script]);
  return new Float32Array(Uint8Array.from(bytes).buffer);
}

if (!hasNumpy()) skipLoudly('tables against numpy', 'python3-numpy');
else
  describe('tables against numpy', () => {
    it('of a model are equal to the last bit: the operations are those of torch, in float32', () => {
      const code = `f = np.float32
x = v.astype(f) / f(255)
mean = np.array([0.485, 0.456, 0.406], f); std = np.array([0.229, 0.224, 0.225], f)
out = ((x[None] - mean[:, None]) / std[:, None])
assert out.dtype == f`;
      expect(Buffer.compare(toBytes(createModelTables(IMAGENET)), toBytes(askNumpy(code)))).toBe(0);
    });

    it('of optical density are equal to one unit in the last place: its logarithm is another', () => {
      const expected = askNumpy('out = np.tile(-np.log((v.astype(float) + 1) / 240), 3).astype(np.float32)');
      const tables = createDensityTables(240);
      for (const [i, value] of expected.entries())
        expect(Math.abs((tables[i] ?? Number.NaN) - value)).toBeLessThanOrEqual(Math.abs(value) * 2 ** -23);
    });
  });
