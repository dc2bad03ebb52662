import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it, test } from 'vitest';
import { readSafetensors } from '../../src/io/safetensors/read-safetensors.ts';
import type { Tensor } from '../../src/io/safetensors/tensor.ts';
import { openOnDevice } from '../../src/onnx/open-on-device.ts';
import { prepareModel } from '../../src/onnx/prepare-model.ts';
import { createTrainGraph } from '../../src/onnx/train-graph.ts';
import { openTrainStep, type TrainStep } from '../../src/onnx/train-step.ts';
import { copyParameters } from '../../src/train/checkpoints/copy-parameters.ts';
import { readCheckpoint } from '../../src/train/checkpoints/read-checkpoint.ts';
import { writeCheckpoint } from '../../src/train/checkpoints/write-checkpoint.ts';
import type { Optimizer } from '../../src/train/optimizers/optimizer.ts';
import { resolveParameterGroups } from '../../src/train/optimizers/parameter-groups.ts';
import { createOptimizer } from '../../src/train/optimizers.ts';
import { relativeDifference } from '../support/onnx-goldens.ts';
import { describeWithShared, sharedPath } from '../support/shared-data.ts';
import { useScratch } from '../unit/utils/fixtures/scratch.ts';

const scratch = useScratch();
const STEPS = 20;

/** Largest difference of a loss, of the goldens' README; relative difference of the final weights, twice what was seen or more. */
const MODELS = [
  { name: 'abmil', rate: 1e-3, loss: 1e-5, weights: 1e-3 },
  { name: 'vit', rate: 3e-4, loss: 1e-4, weights: 1e-4 },
  { name: 'cnn-bn', rate: 1e-3, loss: 5e-3, weights: 1e-4 },
  { name: 'cnn-gn', rate: 1e-3, loss: 5e-3, weights: 1e-4, double: true },
] as const;

/**
 * cnn-gn by torch in double precision (train_curve.py). In the ninth step a ReLU's input is 7e-7 of values up to 3.7: in single
 * precision rounding decides whether it is open. Torch finds it shut, and the golden is 9.1e-4 away from double precision from
 * there on; runs of torch whose weights differ in the last bit end within 1.1e-5 of the one or of the other.
 */
const DOUBLE = fileURLToPath(new URL('train-curve.safetensors', import.meta.url));
/** That step and what comes after it is left out where two forms of convolutions are compared. */
const STEPS_BEFORE_GATE = 8;

interface Run {
  readonly step: TrainStep;
  readonly weights: Map<string, Float32Array>;
  readonly optimizer: Optimizer;
}

function startRun(step: TrainStep): Run {
  const weights = step.createWeights();
  const shapes = new Map(step.parameters.filter(({ trainable }) => trainable).map(({ name, dims }) => [name, dims]));
  const settings = resolveParameterGroups(shapes, { weightDecay: 0.01 });
  return { step, weights, optimizer: createOptimizer(weights, settings, { name: 'adamw' }) };
}

/** Element `index` of the first axis, as a tensor of the engine. */
function pick({ shape, data }: Tensor, index: number) {
  const dims = shape.slice(1);
  const length = dims.reduce((product, side) => product * side, 1);
  return { type: 'float32' as const, dims, data: (data as Float32Array).slice(index * length, (index + 1) * length) };
}

async function learn({ step, weights, optimizer }: Run, curve: ReadonlyMap<string, Tensor>, at: number, rate: number) {
  const [inputs, targets] = [curve.get('X')!, curve.get('T')!];
  const batch = at % inputs.shape[0]!;
  const input = new Map([[step.inputs[0]!.name, pick(inputs, batch)]]);
  const result = await step.step({ inputs: input, target: pick(targets, batch), weights });
  optimizer.step(result.gradients, rate);
  for (const [name, values] of result.statistics) weights.set(name, values);
  return result.loss;
}

describeWithShared('twenty steps of AdamW, against torch', () => {
  describe.each(MODELS)('$name', ({ name, rate, ...tolerance }) => {
    const readReferences = async (golden: ReadonlyMap<string, Tensor>) =>
      'double' in tolerance ? [golden, (await readSafetensors(DOUBLE)).tensors] : [golden];
    const open = () =>
      openTrainStep(sharedPath('golden', 'onnx', `${name}-mini.onnx`), { loss: { kind: 'cross-entropy' } });
    const readCurve = async () =>
      (await readSafetensors(sharedPath('golden', 'onnx', `${name}-mini.curve.safetensors`))).tensors;

    test('losses and final weights', async () => {
      const curve = await readCurve();
      await using step = await open();
      const run = startRun(step);
      const losses = curve.get('loss')!.data as Float32Array;
      for (let at = 0; at < STEPS; at++) {
        const loss = await learn(run, curve, at, rate);
        expect(Math.abs(loss - losses[at]!), `step ${at}`).toBeLessThanOrEqual(tolerance.loss);
      }
      // Of all together: a bias that a softmax takes away again has no gradient but rounding, which Adam blows up.
      const keys = [...run.optimizer.slots['m']!.keys()];
      const ours = Float32Array.from(keys.flatMap((key) => [...run.weights.get(key)!]));
      const distances = (await readReferences(curve)).map((tensors) => {
        const theirs = keys.flatMap((key) => [...(tensors.get(`w.${key}`)!.data as Float32Array)]);
        return relativeDifference(ours, Float32Array.from(theirs));
      });
      expect(Math.min(...distances)).toBeLessThan(tolerance.weights);
    });

    test('stopped at any step and taken up from its checkpoint: the same bytes', async () => {
      const curve = await readCurve();
      const folder = scratch();
      const finish = async (stops: readonly number[]) => {
        let step = await open();
        let run = startRun(step);
        for (let at = 0; at < 8; at++) {
          if (stops.includes(at)) {
            const path = join(folder, 'last.safetensors');
            await save(path, run, at);
            await step.release();
            step = await open();
            run = startRun(step);
            const { weights, slots, facts } = await readCheckpoint(path);
            copyParameters(run.weights, weights);
            run.optimizer.restore({ steps: facts.optimizer.steps, slots });
            expect(facts.step).toBe(at);
          }
          await learn(run, curve, at, rate);
        }
        const last = await save(join(folder, 'end.safetensors'), run, 8);
        await step.release();
        return last.sha256;
      };
      expect(await finish([1, 5])).toBe(await finish([]));
    });
  });
});

describeWithShared('convolutions on blocks of channels', () => {
  it('have the gradients of the operator, step by step from the same weights', async () => {
    const path = sharedPath('golden', 'onnx', 'cnn-gn-mini.onnx');
    const loss = { kind: 'cross-entropy' } as const;
    const curve = (await readSafetensors(path.replace('.onnx', '.curve.safetensors'))).tensors;
    await using step = await openTrainStep(path, { loss });
    const { graph, facts, parameters } = await prepareModel(path);
    const trainable = new Set(parameters.map(({ name }) => name));
    const { session, built } = await openOnDevice(
      (device) => createTrainGraph(graph, facts, { loss, device, parameters, trainable }),
      { optimization: 'disabled' },
    );
    await using plain = session;
    const run = startRun(step);
    const dims = new Map(parameters.map((one) => [one.name, one.dims]));
    for (let at = 0; at < STEPS_BEFORE_GATE; at++) {
      const [input, target] = [pick(curve.get('X')!, at % 2), pick(curve.get('T')!, at % 2)];
      const inputs = new Map([[step.inputs[0]!.name, input]]);
      const weights = [...run.weights].map(
        ([name, data]) => [name, { type: 'float32' as const, dims: dims.get(name)!, data }] as const,
      );
      const expected = await plain.run(new Map([...inputs, [built.target.name, target], ...weights]));
      const { gradients } = await step.step({ inputs, target, weights: run.weights });
      const theirs = new Map([...built.gradients].map(([name, value]) => [name, expected.get(value)!.data]));
      const join = (all: Iterable<ArrayLike<unknown>>) =>
        Float32Array.from([...all].flatMap((one) => Array.from(one, Number)));
      expect(relativeDifference(join(gradients.values()), join(theirs.values())), `step ${at}`).toBeLessThan(1e-6);
      // A bias whose gradient is a small difference of large ones has more of the rounding: 1.4e-6 was seen.
      for (const [name, values] of gradients)
        expect(relativeDifference(values, theirs.get(name)!), `${name} in step ${at}`).toBeLessThan(5e-6);
      run.optimizer.step(gradients, 1e-3);
    }
  });
});

function save(path: string, { weights, optimizer }: Run, step: number) {
  const { name, steps, slots } = optimizer;
  return writeCheckpoint(path, {
    facts: {
      schema: 'slideloom/checkpoint/v1',
      ...{ step, epoch: 0, schedule: {}, random: {}, runtime: {}, run: {} },
      optimizer: { name, steps, options: {} },
      sampler: { seed: 0, epoch: 0, position: step },
      graphHash: '',
    },
    ...{ weights, slots, buffers: new Map(), averages: undefined, shapes: new Map() },
  });
}
