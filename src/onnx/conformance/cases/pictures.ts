import { float, int, ints as list, text } from '../../attributes.ts';
import type { Attributes } from '../../graph.ts';
import { APPROXIMATE, type ConformanceCase, createCase, EXACT } from '../conformance-case.ts';
import { type PoolOptions, pool } from '../kernels/pool.ts';
import { mean, reduce, sum } from '../kernels/reduce.ts';
import { type ResampleOptions, resample } from '../kernels/resample.ts';
import { fill, get, ints, noise } from '../values.ts';

const DIMS = [2, 3, 9, 11];
const PADDED: PoolOptions = { kernel: [3, 3], strides: [2, 2], pads: [1, 1, 1, 1] };

export const PICTURE_CASES: readonly ConformanceCase[] = [
  ...maxPools(),
  ...averagePools(),
  createCase('GlobalAveragePool', '', {
    inputs: [noise(DIMS)],
    expected: () => reduce(noise(DIMS), { axes: [2, 3], keep: true }, mean),
  }),
  createCase('GlobalMaxPool', '', {
    inputs: [noise(DIMS)],
    expected: () => reduce(noise(DIMS), { axes: [2, 3], keep: true }, (values) => Math.max(...values)),
    tolerance: EXACT,
  }),
  ...resizes(),
  ...blocks(),
];

function maxPools(): ConformanceCase[] {
  const of = (form: string, options: PoolOptions) =>
    createCase('MaxPool', form, {
      inputs: [noise(DIMS)],
      attributes: toAttributes(options),
      expected: () => pool(noise(DIMS), options, (found) => Math.max(...found.map(({ value }) => value))),
      tolerance: EXACT,
    });
  return [
    of('2x2', { kernel: [2, 2], strides: [2, 2] }),
    of('3x3 by 2, padded', PADDED),
    of('rounded up', { kernel: [2, 2], strides: [2, 2], ceil: true }),
    createCase('MaxPool', 'with indices', {
      inputs: [noise(DIMS)],
      attributes: toAttributes(PADDED),
      expected: () => [
        pool(noise(DIMS), PADDED, (found) => Math.max(...found.map(({ value }) => value))),
        {
          ...pool(noise(DIMS), PADDED, (found) => found.reduce((a, b) => (b.value > a.value ? b : a)).at),
          type: 'int64',
        },
      ],
      tolerance: EXACT,
      avoidedOn: ['webgpu'],
    }),
  ];
}

function averagePools(): ConformanceCase[] {
  const of = (form: string, { counts, ...options }: PoolOptions & { counts?: boolean }) =>
    createCase('AveragePool', form, {
      inputs: [noise(DIMS)],
      attributes: { ...toAttributes(options), count_include_pad: int(Number(counts ?? false)) },
      expected: () =>
        pool(noise(DIMS), options, (found) => {
          const [rows, columns] = options.kernel;
          return sum(found.map(({ value }) => value)) / (counts ? rows * columns : found.length);
        }),
    });
  return [
    of('2x2', { kernel: [2, 2], strides: [2, 2] }),
    of('padding left out', PADDED),
    of('padding counted', { ...PADDED, counts: true }),
  ];
}

function resizes(): ConformanceCase[] {
  const half = (index: number, from: number, to: number) => ((index + 0.5) * from) / to - 0.5;
  const plain = (index: number, from: number, to: number) => Math.floor((index * from) / to);
  const corners = (index: number, from: number, to: number) => (index * (from - 1)) / (to - 1);
  const linear = (distance: number) => Math.max(0, 1 - distance);
  const of = (form: string, [height, width]: [number, number], options: ResizeOptions) => {
    const { mode, coordinates, nearest, place, weight, reach } = options;
    return createCase('Resize', form, {
      // Sizes rather than scales, which would have to be exact in single precision.
      inputs: [noise(DIMS), undefined, undefined, ints([2, 3, height, width])],
      attributes: {
        mode: text(mode),
        coordinate_transformation_mode: text(coordinates),
        ...(nearest ? { nearest_mode: text(nearest) } : {}),
        ...(mode === 'cubic' ? { cubic_coeff_a: float(-0.75) } : {}),
      },
      expected: () => resample(noise(DIMS), { height, width, place, weight, reach }),
      tolerance: mode === 'nearest' ? EXACT : APPROXIMATE,
    });
  };
  const nearest = { mode: 'nearest', coordinates: 'asymmetric', nearest: 'floor', place: plain, reach: 1 };
  const bilinear = { mode: 'linear', weight: linear, reach: 1 };
  return [
    of('nearest, twice', [18, 22], { ...nearest, weight: (distance) => Number(distance === 0) }),
    of('linear, twice', [18, 22], { ...bilinear, coordinates: 'half_pixel', place: half }),
    of('linear, smaller', [5, 7], { ...bilinear, coordinates: 'half_pixel', place: half }),
    of('linear, corners kept', [17, 21], { ...bilinear, coordinates: 'align_corners', place: corners }),
    of('cubic, twice', [18, 22], { mode: 'cubic', coordinates: 'half_pixel', place: half, weight: cubic, reach: 2 }),
  ];
}

interface ResizeOptions extends Omit<ResampleOptions, 'height' | 'width'> {
  readonly mode: string;
  readonly coordinates: string;
  readonly nearest?: string;
}

/** Keys' cubic convolution with a = -0.75, as torch has it. */
function cubic(distance: number): number {
  const a = -0.75;
  if (distance <= 1) return (a + 2) * distance ** 3 - (a + 3) * distance ** 2 + 1;
  return distance < 2 ? a * (distance ** 3 - 5 * distance ** 2 + 8 * distance - 4) : 0;
}

function blocks(): ConformanceCase[] {
  const deep = noise([2, 12, 3, 4]);
  const of = (mode: 'DCR' | 'CRD') =>
    createCase('DepthToSpace', mode, {
      inputs: [deep],
      attributes: { blocksize: int(2), mode: text(mode) },
      expected: () =>
        fill([2, 3, 6, 8], (n = 0, c = 0, y = 0, x = 0) => {
          const block = (y % 2) * 2 + (x % 2);
          return get(deep, [n, mode === 'DCR' ? block * 3 + c : c * 4 + block, Math.floor(y / 2), Math.floor(x / 2)]);
        }),
      tolerance: EXACT,
    });
  return [of('DCR'), of('CRD')];
}

function toAttributes({ kernel, strides, pads, ceil }: PoolOptions): Attributes {
  return {
    kernel_shape: list(kernel),
    ...(strides ? { strides: list(strides) } : {}),
    ...(pads ? { pads: list(pads) } : {}),
    ...(ceil ? { ceil_mode: int(1) } : {}),
  };
}
