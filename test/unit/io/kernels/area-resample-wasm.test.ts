import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type AreaWindow, addArea, createAreaSums, resampleArea } from '../../../../src/io/kernels/area-resample.ts';
import { createAreaResampler } from '../../../../src/io/kernels/area-resample-wasm.ts';
import type { PixelBlock } from '../../../../src/io/kernels/pixel-block.ts';
import { createKernels, type Kernels } from '../../../../src/io/kernels/wasm-kernels.ts';
import { createNoise } from '../../../support/tiny-tiff.ts';

interface Shape {
  readonly width: number;
  readonly height: number;
  readonly channels: 1 | 3;
  /** Bytes at the end of each row that belong to something else. */
  readonly gap: number;
}

const kernels = createKernels(64 * 2 ** 20);
const resampler = createAreaResampler(kernels);
const plain = createAreaResampler(undefined);
const start = kernels.mark();
/** What no kernel may touch. */
const MARK = 0xa5;

/** The source is a window of noise with gaps, the target lies between marked bytes. */
function layOut(memory: Kernels, source: Shape, target: Shape, data: Uint8Array) {
  memory.release(start);
  const place = (shape: Shape) => {
    const pitch = shape.width * shape.channels + shape.gap;
    const length = pitch * (shape.height - 1) + shape.width * shape.channels;
    return { ...shape, pitch, length, address: memory.allocate(length + 32) + 16 };
  };
  const [from, to] = [place(source), place(target)];
  const locate = ({ address, length, ...shape }: typeof from): PixelBlock => {
    const { width, height, channels, pitch } = shape;
    return { pixels: memory.bytes(address, length), pitch, width, height, channels };
  };
  const row = source.width * source.channels;
  const [block, out] = [locate(from), locate(to)];
  block.pixels.fill(MARK);
  for (let y = 0; y < source.height; y++) block.pixels.set(data.subarray(y * row, (y + 1) * row), y * from.pitch);
  memory.bytes(to.address - 16, to.length + 32).fill(MARK);
  return { source: block, target: out, around: () => memory.bytes(to.address - 16, to.length + 32) };
}

/** What the plain version makes of the same pixels, and the kernel's result with its gaps checked and taken out. */
function compare(
  source: Shape,
  window: AreaWindow,
  target: Shape,
  seed: number,
): [kernel: Uint8Array, plain: Uint8Array] {
  const { width, height, channels } = source;
  const data = createNoise(width * height * channels, seed);
  const expected = new Uint8Array(target.width * target.height * channels);
  const rows = { firstRow: 0, endRow: target.height };
  resampleArea({ data, width, height, channels }, window, { data: expected, width: target.width, ...rows });
  const blocks = layOut(kernels, source, target, data);
  resampler.resample(blocks.source, window, blocks.target);
  return [unpack(blocks.target, blocks.around()), expected];
}

function unpack({ pixels, pitch, width, height, channels }: PixelBlock, around: Uint8Array): Uint8Array {
  const row = width * channels;
  const packed = new Uint8Array(row * height);
  let touched = around.subarray(0, 16).some((v) => v !== MARK) || around.subarray(-16).some((v) => v !== MARK);
  for (let y = 0; y < height; y++) {
    packed.set(pixels.subarray(y * pitch, y * pitch + row), y * row);
    touched ||= pixels.subarray(y * pitch + row, (y + 1) * pitch).some((value) => value !== MARK);
  }
  if (touched) throw new Error('bytes outside the target were written');
  return packed;
}

/** `toEqual` on large arrays takes longer than the kernels. */
function expectSame([actual, expected]: [Uint8Array, Uint8Array], what: string): void {
  if (Buffer.compare(actual, expected) === 0) return;
  const at = actual.findIndex((value, i) => value !== expected[i]);
  throw new Error(`${what}: byte ${at} is ${actual[at]}, not ${expected[at]}`);
}

const channel = fc.constantFrom<1 | 3>(1, 3);
const gap = fc.integer({ min: 0, max: 7 });

// The same operations in the same order, or integers: every byte must be equal, the tolerance is 0.
describe('the area kernels equal the plain version', () => {
  it('in whole blocks of every size from 1 to 90, and of unequal sides', () => {
    for (let step = 1; step <= 90; step++) {
      for (const channels of [1, 3] as const) {
        for (const [stepX, stepY] of [
          [step, step],
          [step, 1 + ((step * 37) % 90)],
        ] as const) {
          const target = { width: 1 + (step % 7), height: 2, channels, gap: step % 3 };
          const source = { width: target.width * stepX + 3, height: 2 * stepY + 1, channels, gap: step % 5 };
          const window = { x: step % 4, y: step % 2, stepX, stepY };
          expectSame(compare(source, window, target, step), `${stepX} x ${stepY} of ${channels}`);
        }
      }
    }
  });

  it.each([2, 4, 8])('in patches by %i, where vectors do most of the work', (step) => {
    for (const channels of [1, 3] as const) {
      for (const width of [1, 2, 3, 5, 15, 17, 31, 64, 127]) {
        const target = { width, height: 9, channels, gap: 0 };
        const source = { width: width * step, height: 9 * step, channels, gap: 0 };
        expectSame(compare(source, { x: 0, y: 0, stepX: step, stepY: step }, target, width), `${width} by ${step}`);
      }
    }
  });

  it('at both sides of every rounding, for every level', () => {
    for (const step of [...Array.from({ length: 24 }, (_, i) => i + 1), 31, 32, 45, 64, 77, 90]) {
      const area = step * step;
      const half = Math.floor(area / 2);
      for (let level = 1; level < 256; level++) {
        for (const [sum, rounded] of [
          [level * area - half, level],
          [level * area - half - 1, level - 1],
        ] as const) {
          const base = Math.floor(sum / area);
          const data = new Uint8Array(area).fill(base + 1, 0, sum - base * area).fill(base, sum - base * area);
          if (level % 32 !== 1 && step > 24) continue;
          const shape = { width: step, height: step, channels: 1, gap: 0 } as const;
          const blocks = layOut(kernels, shape, { ...shape, width: 1, height: 1 }, data);
          resampler.resample(blocks.source, { x: 0, y: 0, stepX: step, stepY: step }, blocks.target);
          // An assertion a block would take longer than the blocks.
          if (blocks.target.pixels[0] !== rounded) throw new Error(`${step}: ${sum} gives ${blocks.target.pixels[0]}`);
        }
      }
    }
  });

  it('at 6,000 random windows, inside, across the edges and outside', () => {
    const step = fc.oneof(
      fc.double({ min: 0.1, max: 1, noNaN: true }),
      fc.double({ min: 1, max: 4.2, noNaN: true }),
      fc.double({ min: 4, max: 40, noNaN: true }),
      fc.constantFrom(1, 1.5, 2, 2.5, 3, 2.0016, 3.9984, 4),
    );
    const corner = fc.oneof(fc.double({ min: -20, max: 60, noNaN: true }), fc.integer({ min: -9, max: 50 }));
    const shape = (max: number) =>
      fc.record({ width: fc.integer({ min: 1, max }), height: fc.integer({ min: 1, max }), gap });
    const window = fc.record({ x: corner, y: corner, stepX: step, stepY: step });
    let runs = 0;
    fc.assert(
      fc.property(shape(70), window, shape(24), channel, fc.nat(), (source, place, target, channels, seed) => {
        runs++;
        expectSame(
          compare({ ...source, channels }, place, { ...target, channels }, seed % 1000),
          JSON.stringify(place),
        );
      }),
      { seed: 5, numRuns: 6000 },
    );
    expect(runs).toBe(6000);
  });

  it('in the sums themselves, to their last bit, so that no rounding can ever tell them apart', () => {
    const size = fc.record({ width: fc.integer({ min: 1, max: 40 }), height: fc.integer({ min: 1, max: 12 }) });
    const step = fc.double({ min: 0.3, max: 6, noNaN: true });
    const corner = fc.double({ min: -3, max: 12, noNaN: true });
    const window = fc.record({ x: corner, y: corner, stepX: step, stepY: step });
    fc.assert(
      fc.property(size, window, fc.integer({ min: 1, max: 12 }), channel, (shape, place, columns, channels) => {
        const source = { ...shape, channels, data: createNoise(shape.width * shape.height * channels, columns) };
        const sums = createAreaSums({ width: columns, channels, firstRow: 0, endRow: 1 });
        addArea(sums, source, { window: place, ...shape });
        const kernel = readSums(source, place, columns);
        for (const [i, value] of sums.values.entries()) {
          // Distances from white have the other sign; 0 has none that counts.
          if (kernel[i] !== -value)
            throw new Error(`${JSON.stringify(place)}: sum ${i} is ${kernel[i]}, not ${-value}`);
        }
      }),
      { seed: 8, numRuns: 3000 },
    );
  });

  /** One output row's sums out of the kernel's scratch: all rows but the last, and the last that is added at the end. */
  function readSums(
    { width, height, channels, data }: { width: number; height: number; channels: 1 | 3; data: Uint8Array },
    { x, y, stepX, stepY }: AreaWindow,
    columns: number,
  ): number[] {
    kernels.release(start);
    const from = kernels.allocate(data.length + 32) + 16;
    const [spans, scratch, to] = [kernels.allocate(64 * 16), kernels.allocate(2 * 24 * 16), kernels.allocate(64)];
    kernels.bytes(from, data.length).set(data);
    kernels.areaSpans(spans, x, stepX, 0, columns, width, channels);
    const size = [columns, 1] as const;
    kernels.areaWindows(from, width * channels, height, channels, spans, scratch, to, 64, ...size, y, stepY, 1);
    const even = (columns + 1) & ~1;
    const [line, sums] = [0, 1].map(
      (part) => new Float64Array(kernels.memory.buffer, scratch + part * 8 * even * channels, even * channels),
    );
    const last = Math.min(height, Math.ceil(y + stepY)) - 1;
    const covers = last >= Math.max(0, Math.floor(y));
    const weight = covers ? Math.max(0, Math.min(last + 1, y + stepY) - Math.max(last, y)) : 0;
    const total = (at: number) => (sums?.[at] ?? 0) + weight * (line?.[at] ?? 0);
    // A pair of colours lies as r g, r g, b b.
    const place = (i: number) => {
      const [column, c] = [Math.floor(i / channels), i % channels];
      const pair = (column >> 1) * 6;
      return channels === 1 ? i : c === 2 ? pair + 4 + (column & 1) : pair + (column & 1) * 2 + c;
    };
    return Array.from({ length: columns * channels }, (_, i) => total(place(i)));
  }

  it('at patches of real sizes, wider than what is summed at once', () => {
    for (const [stepX, stepY, width] of [
      [2.0016, 2.0016, 512],
      [1.0123, 1.0456, 1025],
      [1.9841, 2.0137, 700],
    ] as const) {
      const target = { width, height: 40, channels: 3, gap: 0 } as const;
      const source = { width: Math.ceil(width * stepX) + 2, height: 90, channels: 3, gap: 0 } as const;
      expectSame(compare(source, { x: 0.37, y: 0.81, stepX, stepY }, target, width), `${width} by ${stepX}`);
    }
  });

  it('far away, at huge steps and at tiny ones, without a trap', () => {
    const source = { width: 300, height: 20, channels: 3, gap: 1 } as const;
    const target = { width: 3, height: 3, channels: 3, gap: 0 } as const;
    for (const window of [
      { x: 1e15, y: 0, stepX: 2, stepY: 2 },
      { x: -1e15, y: -1e12, stepX: 2.5, stepY: 2.5 },
      { x: 0, y: 1e300, stepX: 1, stepY: 1 },
      { x: -5, y: -5, stepX: 1e7, stepY: 1e7 },
      { x: 1.5, y: 1.5, stepX: 1e-6, stepY: 1e-6 },
      { x: 0, y: 0, stepX: 100, stepY: 6 },
    ])
      expectSame(compare(source, window, target, 3), JSON.stringify(window));
  });

  it('where source and target end with the memory', () => {
    const small = createKernels(17 * 65_536);
    const resample = createAreaResampler(small);
    const end = small.memory.buffer.byteLength;
    const data = createNoise(90 * 90 * 3, 4);
    for (const step of [2, 3, 4, 8, 2.3, 0.7, 5.5]) {
      for (const channels of [1, 3] as const) {
        const side = Math.floor(30 / Math.max(1, step));
        const source = { width: 30, height: 30, channels };
        const atEnd = small.bytes(end - 900 * channels, 900 * channels);
        const bytes = side * side * channels;
        const away = small.bytes(end - 100_000, bytes);
        const to = { pixels: away, pitch: side * channels, width: side, height: side, channels };
        const window = { x: 0, y: 0, stepX: step, stepY: step };
        const expected = new Uint8Array(bytes);
        resampleArea({ ...source, data }, window, { data: expected, width: side, firstRow: 0, endRow: side });
        atEnd.set(data.subarray(0, 900 * channels));
        resample.resample({ ...source, pixels: atEnd, pitch: 30 * channels }, window, to);
        expectSame([away, expected], `source at the end, step ${step}`);
        const from = { ...source, pixels: small.bytes(end - 50_000, 900 * channels), pitch: 30 * channels };
        from.pixels.set(data.subarray(0, 900 * channels));
        const last = small.bytes(end - bytes, bytes);
        resample.resample(from, window, { ...to, pixels: last });
        expectSame([last, expected], `target at the end, step ${step}`);
      }
    }
  });
});

describe('the plain resampler', () => {
  it('takes blocks with any pitch and leaves what lies between rows', () => {
    fc.assert(
      fc.property(channel, gap, gap, fc.double({ min: 0.4, max: 5, noNaN: true }), (channels, before, after, step) => {
        const source = { width: 19, height: 13, channels, gap: before };
        const target = { width: 5, height: 4, channels, gap: after };
        const window = { x: -1.25, y: 0.5, stepX: step, stepY: step };
        const [, expected] = compare(source, window, target, 8);
        const blocks = layOut(kernels, source, target, createNoise(19 * 13 * channels, 8));
        plain.resample(blocks.source, window, blocks.target);
        expectSame([unpack(blocks.target, blocks.around()), expected], `step ${step}`);
      }),
      { seed: 2, numRuns: 100 },
    );
  });
});

describe('arguments', () => {
  const target = () =>
    layOut(
      kernels,
      { width: 4, height: 4, channels: 3, gap: 0 },
      { width: 2, height: 2, channels: 3, gap: 0 },
      new Uint8Array(48),
    );
  const window = { x: 0, y: 0, stepX: 2, stepY: 2 };

  it.each([
    ['a step of 0', () => ({ ...target(), window: { ...window, stepX: 0 } }), 'stepX'],
    ['NaN', () => ({ ...target(), window: { ...window, y: Number.NaN } }), 'y'],
    [
      'other channels',
      () => ({ ...target(), target: { ...target().target, channels: 1 as const }, window }),
      'channels',
    ],
    [
      'a block beyond its bytes',
      () => ({ ...target(), source: { ...target().source, height: 5 }, window }),
      'pixels.length',
    ],
    [
      'pixels elsewhere',
      () => ({ ...target(), source: { ...target().source, pixels: new Uint8Array(48) }, window }),
      'pixels',
    ],
  ])('%s is an OptionError', (_name, create, option) => {
    const { source, target: to, window: place } = create();
    expect(() => resampler.resample(source, place, to)).toThrow(expect.objectContaining({ tag: 'option', option }));
  });
});
