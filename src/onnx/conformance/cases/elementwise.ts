import { float, int, text } from '../../attributes.ts';
import type { Attributes } from '../../graph.ts';
import { APPROXIMATE, type ConformanceCase, createCase, EXACT } from '../conformance-case.ts';
import { fill, get, map, noise, noiseBetween, scalar, type Values } from '../values.ts';

const A = [2, 3, 4, 5];
const B = [3, 1, 5];

/** WGSL allows sine and cosine an error of 2^-11. */
const COARSE = 5e-4;

/** Numbers that both sides share, for comparisons. */
const ROUGH = map(noise(A), (value) => Math.round(value * 3));
const ROUGH_B = map(noise(B), (value) => Math.round(value * 3));

export const ELEMENTWISE_CASES: readonly ConformanceCase[] = [
  ...binaries(),
  ...comparisons(),
  ...unaries(),
  ...activations(),
  createCase('Where', 'repeated', {
    inputs: [toBool(ROUGH), noise(B), scalar(0.5)],
    expected: () => fill(A, (...place) => (get(ROUGH, place) > 0 ? get(noise(B), place) : 0.5)),
    tolerance: EXACT,
  }),
  createCase('PRelu', 'a slope for each channel', {
    inputs: [noise(A), noise([3, 1, 1])],
    expected: () =>
      fill(
        A,
        (...place) =>
          Math.max(0, get(noise(A), place)) + Math.min(0, get(noise(A), place)) * get(noise([3, 1, 1]), place),
      ),
  }),
  createCase('Clip', '', {
    inputs: [noise(A), scalar(-0.25), scalar(0.5)],
    expected: () => map(noise(A), (value) => Math.min(Math.max(value, -0.25), 0.5)),
    tolerance: EXACT,
  }),
  createCase('Cast', 'to whole numbers and back', {
    inputs: [map(noise(A), (value) => Math.fround(value * 9))],
    attributes: { to: int(6) },
    expected: () => map(noise(A), (value) => Math.trunc(Math.fround(value * 9)), 'int32'),
    tolerance: EXACT,
  }),
  createCase('Cast', 'of a mask', {
    inputs: [toBool(ROUGH)],
    attributes: { to: int(1) },
    expected: () => map(ROUGH, (value) => Number(value > 0)),
    tolerance: EXACT,
  }),
  createCase('CastLike', 'of a mask', {
    inputs: [toBool(ROUGH), scalar(0)],
    expected: () => map(ROUGH, (value) => Number(value > 0)),
    tolerance: EXACT,
  }),
];

function binaries(): ConformanceCase[] {
  const [a, b] = [noise(A), noise(B)];
  const of = (operator: string, join: (left: number, right: number) => number, right: Values = b) =>
    createCase(operator, 'repeated', {
      inputs: [a, right],
      expected: () => fill(A, (...place) => join(get(a, place), get(right, place))),
    });
  return [
    of('Add', (x, y) => x + y),
    of('Sub', (x, y) => x - y),
    of('Mul', (x, y) => x * y),
    of('Div', (x, y) => x / y, noiseBetween(B, 0.5, 2)),
    of('Max', Math.max),
    of('Min', Math.min),
    createCase('Add', 'one number', { inputs: [a, scalar(0.5)], expected: () => map(a, (value) => value + 0.5) }),
    createCase('Sum', 'of three', {
      inputs: [a, b, scalar(0.5)],
      expected: () => fill(A, (...place) => get(a, place) + get(b, place) + 0.5),
    }),
    createCase('Pow', '', {
      inputs: [noiseBetween(A, 0.1, 2), scalar(2.5)],
      expected: () => map(noiseBetween(A, 0.1, 2), (value) => value ** 2.5),
      tolerance: APPROXIMATE,
    }),
    createCase('Pow', 'squares of negative numbers', {
      inputs: [a, scalar(2)],
      expected: () => map(a, (value) => value * value),
      tolerance: APPROXIMATE,
    }),
  ];
}

function comparisons(): ConformanceCase[] {
  const of = (operator: string, holds: (left: number, right: number) => boolean) =>
    createCase(operator, 'repeated', {
      inputs: [ROUGH, ROUGH_B],
      expected: () => fill(A, (...place) => Number(holds(get(ROUGH, place), get(ROUGH_B, place))), 'bool'),
      tolerance: EXACT,
    });
  return [
    of('Equal', (x, y) => x === y),
    of('Greater', (x, y) => x > y),
    of('GreaterOrEqual', (x, y) => x >= y),
    of('Less', (x, y) => x < y),
    of('LessOrEqual', (x, y) => x <= y),
    createCase('Not', '', {
      inputs: [toBool(ROUGH)],
      expected: () => map(ROUGH, (value) => Number(value <= 0), 'bool'),
      tolerance: EXACT,
    }),
  ];
}

function unaries(): ConformanceCase[] {
  const of = (operator: string, change: (value: number) => number, x = noise(A), tolerance = APPROXIMATE) =>
    createCase(operator, '', { inputs: [x], expected: () => map(x, change), tolerance });
  const positive = noiseBetween(A, 0.1, 3);
  return [
    ...[of('Neg', (x) => -x), of('Abs', Math.abs), of('Identity', (x) => x), of('Floor', Math.floor)],
    ...[of('Exp', Math.exp), of('Log', Math.log, positive), of('Sqrt', Math.sqrt, positive)],
    ...[of('Reciprocal', (x) => 1 / x, positive), of('Erf', computeErf, noiseBetween(A, -2.5, 2.5))],
    ...[of('Sin', Math.sin, noise(A), COARSE), of('Cos', Math.cos, noise(A), COARSE)],
  ];
}

function activations(): ConformanceCase[] {
  const x = noiseBetween(A, -4, 4);
  const of = (
    operator: string,
    change: (value: number) => number,
    { form = '', opset = 17, ...attributes }: { form?: string; opset?: number } & Record<string, unknown> = {},
  ) =>
    createCase(operator, form, {
      inputs: [x],
      attributes: attributes as unknown as Attributes,
      expected: () => map(x, change),
      tolerance: APPROXIMATE,
      opset,
    });
  const sigmoid = (value: number) => 1 / (1 + Math.exp(-value));
  const gelu = (value: number) => (value * (1 + computeErf(value / Math.SQRT2))) / 2;
  const hardSigmoid = (alpha: number) => (value: number) => Math.min(1, Math.max(0, alpha * value + 0.5));
  return [
    of('Relu', (value) => Math.max(0, value)),
    of('LeakyRelu', (value) => (value < 0 ? 0.1 * value : value), { alpha: float(0.1) }),
    of('Elu', (value) => (value < 0 ? Math.expm1(value) : value)),
    of('Sigmoid', sigmoid),
    of('Tanh', Math.tanh),
    of('Softplus', (value) => Math.log1p(Math.exp(value))),
    of('HardSigmoid', hardSigmoid(0.2)),
    of('HardSwish', (value) => value * hardSigmoid(1 / 6)(value)),
    of('Gelu', gelu, { opset: 20 }),
    createCase('Gelu', "onnxruntime's own", {
      ...{ domain: 'com.microsoft', only: 'cpu', inputs: [x], tolerance: APPROXIMATE },
      expected: () => map(x, gelu),
    }),
    of('Gelu', (value) => (value * (1 + Math.tanh(Math.sqrt(2 / Math.PI) * (value + 0.044715 * value ** 3)))) / 2, {
      ...{ form: 'by tanh', opset: 20, approximate: text('tanh') },
    }),
  ];
}

/** By its Taylor series, which 60 terms bring below 1e-12 up to 3. */
function computeErf(x: number): number {
  let [sum, term] = [x, x];
  for (let n = 1; n < 60; n++) {
    term *= (-x * x) / n;
    sum += term / (2 * n + 1);
  }
  return (2 / Math.sqrt(Math.PI)) * sum;
}

function toBool(values: Values): Values {
  return map(values, (value) => Number(value > 0), 'bool');
}
