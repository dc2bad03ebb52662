import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { countElements, type Tensor } from '../../src/onnx/model/tensor.ts';
import { decodeModel } from '../../src/onnx/model.ts';
import { createModel, MODEL_NAMES } from '../../src/onnx/models.ts';
import { openForward } from '../../src/onnx/open-forward.ts';
import { readParameters } from '../../src/onnx/prepare-model.ts';
import { readGraph } from '../../src/onnx/read-graph.ts';
import { openTrainStep } from '../../src/onnx/train-step.ts';
import { createRandom } from '../../src/utils/random.ts';

interface Recorded {
  side: number;
  batch: number;
  classes: number;
  /** The state_dict, in its order. */
  shapes: Record<string, number[]>;
  logits: number[];
  /** Logits by running statistics. */
  judged: number[];
  loss: number;
  gradientNorms: Record<string, number>;
  statisticNorms: Record<string, number>;
}

/** Recorded by onnx_models.py with torch 1.13. */
const reference = JSON.parse(readFileSync(new URL('onnx-models.json', import.meta.url), 'utf8')) as {
  weights: Record<string, number>;
  models: Record<string, Recorded>;
};
/** Single precision on both sides, summed in another order over up to 18 layers; the largest seen is 3e-6. */
const TOLERANCE = 2e-5;
/** Of the length of each gradient and statistic; the largest seen is 2e-6. */
const NORM_TOLERANCE = 5e-5;

/** The rule of onnx_models.py. */
function drawWeights(shapes: Recorded['shapes']): Map<string, Float32Array> {
  return new Map(
    Object.entries(shapes).map(([name, dims], seed) => {
      const random = createRandom(seed);
      const bound = Math.sqrt(3 / countElements(dims.slice(1)));
      const isCentred = name.endsWith('.bias') || name.endsWith('running_mean');
      const draw = (): number => {
        if (dims.length > 1) return (random() - 0.5) * 2 * bound;
        return isCentred ? (random() - 0.5) * 0.2 : random() + 0.5;
      };
      return [name, Float32Array.from({ length: countElements(dims) }, draw)];
    }),
  );
}

function drawPictures({ side, batch }: Recorded): Tensor {
  const random = createRandom(1000);
  const data = Float32Array.from({ length: batch * 3 * side * side }, () => Math.fround(random() - 0.5) * 4);
  return { type: 'float32', dims: [batch, 3, side, side], data };
}

function createTarget({ batch, classes }: Recorded): Tensor {
  const data = new Float32Array(batch * classes);
  for (let row = 0; row < batch; row++) data[row * classes + (row % classes)] = 1;
  return { type: 'float32', dims: [batch, classes], data };
}

function getNorm(values: Float32Array | undefined): number {
  return Math.sqrt(values?.reduce((sum, value) => sum + value * value, 0) ?? Number.NaN);
}

function expectClose(actual: ArrayLike<number>, expected: readonly number[]): void {
  expect(actual.length).toBe(expected.length);
  for (const [at, value] of expected.entries())
    expect(Math.abs(actual[at]! - value), `logit ${at}`).toBeLessThanOrEqual(TOLERANCE * Math.max(1, Math.abs(value)));
}

describe.each(MODEL_NAMES)('%s', (name) => {
  const recorded = reference.models[name]!;
  const { side, classes, shapes } = recorded;
  const bytes = createModel(name, { classes, width: side, height: side, seed: 1 });
  const inputs = new Map([['images', drawPictures(recorded)]]);

  it("has the state_dict's names and shapes, in its order", async () => {
    const parameters = new Map((await readParameters(bytes)).map((one) => [one.name, one]));
    // The file has them as the state_dict has; they are listed as the graph reads them.
    const inFile = [...readGraph(decodeModel(bytes)).initializers.keys()].filter((tensor) => parameters.has(tensor));
    expect(inFile.map((tensor) => [tensor, parameters.get(tensor)?.dims])).toEqual(Object.entries(shapes));
    const statistics = inFile.filter((tensor) => parameters.get(tensor)?.kind === 'statistic');
    expect(statistics).toEqual(Object.keys(recorded.statisticNorms));
  });

  it("takes torch's training step", async () => {
    await using step = await openTrainStep(bytes, { loss: { kind: 'cross-entropy' } });
    const result = await step.step({ inputs, target: createTarget(recorded), weights: drawWeights(shapes) });
    expectClose(result.outputs.get('logits')!.data as Float32Array, recorded.logits);
    expectClose([result.loss], [recorded.loss]);
    expect([...result.gradients.keys()].sort()).toEqual(Object.keys(recorded.gradientNorms).sort());
    for (const [weight, norm] of Object.entries(recorded.gradientNorms))
      expect(Math.abs(getNorm(result.gradients.get(weight)) / norm - 1), weight).toBeLessThan(NORM_TOLERANCE);
    for (const [statistic, norm] of Object.entries(recorded.statisticNorms))
      expect(Math.abs(getNorm(result.statistics.get(statistic)) / norm - 1), statistic).toBeLessThan(NORM_TOLERANCE);
  });

  it("gives torch's logits by its running statistics", async () => {
    await using forward = await openForward(bytes, { weights: drawWeights(shapes) });
    const outputs = await forward.run(inputs);
    expectClose(outputs.get('logits')!.data as Float32Array, recorded.judged);
  });
});

describe('a model of the published size', () => {
  it.each(Object.entries(reference.weights))('%s has %i weights', async (name, count) => {
    const bytes = createModel(name as 'resnet18', { classes: 1000, width: 224, height: 224, seed: 1 });
    const weights = (await readParameters(bytes)).filter(({ kind }) => kind === 'weight');
    expect(weights.reduce((sum, { dims }) => sum + countElements(dims), 0)).toBe(count);
    expect(decodeModel(bytes).graph.input?.[0]?.type?.tensorType?.shape?.dim?.slice(1)).toMatchObject([
      { dimValue: 3 },
      { dimValue: 224 },
      { dimValue: 224 },
    ]);
  });

  it('which are those of the papers', () => {
    expect(reference.weights).toEqual({ resnet18: 11_689_512, 'vit-tiny': 5_717_416 });
  });
});
