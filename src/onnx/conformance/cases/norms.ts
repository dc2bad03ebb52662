import { float, int } from '../../attributes.ts';
import { APPROXIMATE, type ConformanceCase, createCase } from '../conformance-case.ts';
import { mean, reduce } from '../kernels/reduce.ts';
import { fill, get, map, noise, noiseBetween, type Values } from '../values.ts';

const EPSILON = 1e-5;
const DIMS = [2, 3, 5, 4];
const CHANNEL = [3, 1, 1];
const scale = noiseBetween([3], 0.5, 2);
const bias = noise([3], 3);

const fixed = { mean: noise([3], 4), variance: noiseBetween([3], 0.5, 2) };

export const NORM_CASES: readonly ConformanceCase[] = [
  createCase('BatchNormalization', 'fixed statistics', {
    inputs: [noise(DIMS), scale, bias, fixed.mean, fixed.variance],
    attributes: { epsilon: float(EPSILON) },
    expected: () => normalize(noise(DIMS), { mean: byChannel(fixed.mean), variance: byChannel(fixed.variance) }),
    tolerance: APPROXIMATE,
  }),
  createCase('BatchNormalization', 'that trains', {
    inputs: [noise(DIMS), scale, bias, fixed.mean, fixed.variance],
    attributes: { epsilon: float(EPSILON), training_mode: int(1), momentum: float(0.75) },
    expected: () => {
      const own = measure(noise(DIMS), [0, 2, 3]);
      const mix = (old: Values, fresh: Values) =>
        fill([3], (c = 0) => 0.75 * get(old, [c]) + 0.25 * get(fresh, [0, c, 0, 0]));
      return [normalize(noise(DIMS), own), mix(fixed.mean, own.mean), mix(fixed.variance, own.variance)];
    },
    tolerance: APPROXIMATE,
    // WebGPU takes the node and fails when it runs; training writes it in other words on all devices.
    avoidedOn: ['webgpu'],
  }),
  createCase('InstanceNormalization', '', {
    inputs: [noise(DIMS), scale, bias],
    attributes: { epsilon: float(EPSILON) },
    expected: () => normalize(noise(DIMS), measure(noise(DIMS), [2, 3])),
    tolerance: APPROXIMATE,
  }),
  createCase('LayerNormalization', 'with mean and inverse deviation', {
    inputs: [noise([3, 5, 7]), noise([7], 2), noise([7], 3)],
    attributes: { epsilon: float(EPSILON) },
    expected: () => {
      const x = noise([3, 5, 7]);
      const own = measure(x, [2]);
      const inverse = map(own.variance, (value) => 1 / Math.sqrt(value + EPSILON));
      const y = fill([3, 5, 7], (...place) => {
        const normal = (get(x, place) - get(own.mean, place)) * get(inverse, place);
        return normal * get(noise([7], 2), place) + get(noise([7], 3), place);
      });
      return [y, own.mean, inverse];
    },
    tolerance: APPROXIMATE,
  }),
];

interface Statistics {
  readonly mean: Values;
  /** Of all values, not of a sample. */
  readonly variance: Values;
}

function measure(x: Values, axes: readonly number[]): Statistics {
  const variance = (values: readonly number[]) => mean(values.map((value) => (value - mean(values)) ** 2));
  return { mean: reduce(x, { axes, keep: true }, mean), variance: reduce(x, { axes, keep: true }, variance) };
}

/** By statistics of any shape that repeats along the values', and the scale and bias of each channel. */
function normalize(x: Values, { mean: centre, variance }: Statistics): Values {
  const [factor, shift] = [byChannel(scale), byChannel(bias)];
  return fill(x.dims, (...place) => {
    const normal = (get(x, place) - get(centre, place)) / Math.sqrt(get(variance, place) + EPSILON);
    return normal * get(factor, place) + get(shift, place);
  });
}

function byChannel(values: Values): Values {
  return { ...values, dims: CHANNEL };
}
