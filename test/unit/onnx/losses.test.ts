import { describe, expect, it } from 'vitest';
import { DYNAMIC } from '../../../src/onnx/graph.ts';
import { GraphBuilder } from '../../../src/onnx/graph-builder.ts';
import { addLoss, type LossOptions } from '../../../src/onnx/losses.ts';
import { joinChunks } from '../../../src/onnx/model/encode-message.ts';
import { encodeModel } from '../../../src/onnx/model.ts';
import { openSession } from '../../../src/onnx/runtime/open-session.ts';
import { writeGraph } from '../../../src/onnx/write-graph.ts';
import { OptionError } from '../../../src/utils/errors.ts';
import { relativeDifference } from '../../support/onnx-goldens.ts';

const CLASSES = 3;

/** Loss and gradient of float64 outputs, [rows, classes] or [rows, classes, pixels]. */
async function computeLoss(options: LossOptions, { output, target, pixels = 0 }: Example) {
  const builder = new GraphBuilder(17, ['x', 't']);
  const tail = pixels > 0 ? [pixels] : [];
  const dims = [DYNAMIC, CLASSES, ...tail];
  const { loss, gradient } = addLoss(builder, { output: 'x', target: 't', dims, type: 'float64' }, options);
  const message = writeGraph({
    opset: 17,
    inputs: ['x', 't'].map((name) => ({ name, type: 'float64', dims: ['n', CLASSES, ...tail] })),
    outputs: [loss, gradient],
    tensors: builder.constants,
    nodes: builder.nodes,
  });
  await using session = await openSession(joinChunks(encodeModel(message)), { threads: 1 });
  const run = async (values: Float64Array) => {
    const shape = [values.length / CLASSES / Math.max(1, pixels), CLASSES, ...tail];
    const feeds = new Map([
      ['x', { type: 'float64' as const, dims: shape, data: values }],
      ['t', { type: 'float64' as const, dims: shape, data: target }],
    ]);
    const results = await session.run(feeds);
    return { loss: Number(results.get(loss)!.data[0]), gradient: results.get(gradient)!.data as Float64Array };
  };
  const exact = await run(output);
  const numeric = new Float64Array(output.length);
  for (const [at, value] of output.entries()) {
    const move = async (step: number) => {
      const moved = output.slice();
      moved[at] = value + step;
      return (await run(moved)).loss;
    };
    numeric[at] = ((await move(1e-5)) - (await move(-1e-5))) / 2e-5;
  }
  return { ...exact, numeric };
}

interface Example {
  readonly output: Float64Array;
  readonly target: Float64Array;
  readonly pixels?: number;
}

const ROWS: Example = {
  output: Float64Array.of(1.2, -0.7, 0.3, -2, 0.5, 2.2),
  target: Float64Array.of(0.8, 0.2, 0, 0, 0, 1),
};
const PICTURES: Example = {
  output: Float64Array.from({ length: 2 * CLASSES * 4 }, (_, at) => Math.sin(at * 1.3) * 2),
  target: Float64Array.from({ length: 2 * CLASSES * 4 }, (_, at) => (Math.floor(at / 4) % CLASSES === at % 3 ? 1 : 0)),
  pixels: 4,
};
const WEIGHTS = [1, 2, 0.5];

function softmax(row: readonly number[]): number[] {
  const powers = row.map(Math.exp);
  const total = powers.reduce((a, b) => a + b);
  return powers.map((power) => power / total);
}

/** Rows of outputs and targets, as plain numbers. */
function listRows({ output, target }: Example): { p: number[]; x: number[]; t: number[] }[] {
  return [0, 1].map((row) => {
    const x = [...output.subarray(row * CLASSES, (row + 1) * CLASSES)];
    return { x, p: softmax(x), t: [...target.subarray(row * CLASSES, (row + 1) * CLASSES)] };
  });
}

/** What each loss is by its formula, written out for rows of classes. */
const FORMULAE: readonly (readonly [LossOptions, (example: Example, weights: readonly number[]) => number])[] = [
  [
    { kind: 'cross-entropy' },
    (example, w) =>
      listRows(example).reduce((sum, { p, t }) => sum - t.reduce((a, v, c) => a + w[c]! * v * Math.log(p[c]!), 0), 0) /
      2,
  ],
  [
    { kind: 'focal', gamma: 1.5 },
    (example, w) =>
      listRows(example).reduce(
        (sum, { p, t }) => sum - t.reduce((a, v, c) => a + w[c]! * v * (1 - p[c]!) ** 1.5 * Math.log(p[c]!), 0),
        0,
      ) / 2,
  ],
  [
    { kind: 'binary-cross-entropy' },
    (example, w) =>
      listRows(example).reduce((sum, { x, t }) => {
        const s = x.map((value) => 1 / (1 + Math.exp(-value)));
        return sum - t.reduce((a, v, c) => a + w[c]! * (v * Math.log(s[c]!) + (1 - v) * Math.log(1 - s[c]!)), 0);
      }, 0) / 6,
  ],
  [
    { kind: 'mean-squared-error' },
    (example, w) =>
      listRows(example).reduce((sum, { x, t }) => sum + t.reduce((a, v, c) => a + w[c]! * (x[c]! - v) ** 2, 0), 0) / 6,
  ],
  [
    { kind: 'dice', smooth: 1 },
    (example, w) => {
      const rows = listRows(example);
      const total = w.reduce((a, b) => a + b);
      return (
        1 -
        w.reduce((sum, weight, c) => {
          const both = rows.reduce((a, { p, t }) => a + p[c]! * t[c]!, 0);
          const each = rows.reduce((a, { p, t }) => a + p[c]! + t[c]!, 0);
          return sum + ((weight / total) * (2 * both + 1)) / (each + 1);
        }, 0)
      );
    },
  ],
];

describe.each(FORMULAE)('$kind', (options, formula) => {
  it.each([undefined, WEIGHTS])(
    'is its formula with weights %s, and its gradient is its slope',
    async (classWeights) => {
      const weighted = classWeights ? { ...options, classWeights } : options;
      const { loss, gradient, numeric } = await computeLoss(weighted, ROWS);
      expect(loss).toBeCloseTo(formula(ROWS, classWeights ?? [1, 1, 1]), 9);
      expect(relativeDifference(gradient, numeric)).toBeLessThan(1e-7);
    },
  );

  it('has a gradient for pictures of classes', async () => {
    const { gradient, numeric } = await computeLoss({ ...options, classWeights: WEIGHTS }, PICTURES);
    expect(relativeDifference(gradient, numeric)).toBeLessThan(1e-7);
  });
});

it('Dice of sigmoids', async () => {
  const { gradient, numeric } = await computeLoss(
    { kind: 'dice', activation: 'sigmoid', classWeights: WEIGHTS },
    PICTURES,
  );
  expect(relativeDifference(gradient, numeric)).toBeLessThan(1e-7);
});

it('outputs far from 0 give numbers', async () => {
  const example = { ...ROWS, output: Float64Array.of(900, -900, 0, -900, 0, 900) };
  for (const [options] of FORMULAE) {
    const { loss, gradient } = await computeLoss(options, example);
    expect(Number.isFinite(loss), options.kind).toBe(true);
    expect(gradient.every(Number.isFinite), options.kind).toBe(true);
  }
});

it('weights have to fit the classes', async () => {
  await expect(computeLoss({ kind: 'focal', classWeights: [1, 2] }, ROWS)).rejects.toThrow(OptionError);
  await expect(computeLoss({ kind: 'focal', classWeights: [1, 2, -1] }, ROWS)).rejects.toThrow(OptionError);
});
