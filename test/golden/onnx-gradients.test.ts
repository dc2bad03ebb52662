import { describe, expect, it } from 'vitest';
import { openTrainStep } from '../../src/onnx/train-step.ts';
import { getNorm, ONNX_GOLDENS, readOnnxGolden, relativeDifference } from '../support/onnx-goldens.ts';
import { describeWithShared } from '../support/shared-data.ts';

/** Ours and torch's sums go in other orders; 1.6e-5 is the worst that was seen (misc). */
const TOLERANCE = 1e-4;
/** A gradient that is exactly 0 in theory is rounding noise on both sides, far below this. */
const NOISE = 1e-7;

describeWithShared('gradients of whole models are those of torch', () => {
  describe.each(ONNX_GOLDENS)('%s', (name) => {
    const golden = readOnnxGolden(name);

    it('loss, output, gradients and running statistics', async () => {
      await using step = await openTrainStep(golden.model, { loss: { kind: 'cross-entropy' } });
      const weights = step.createWeights();
      for (const [key, { data }] of golden.before) weights.set(key, data as Float32Array);
      const result = await step.step({ inputs: golden.inputs, target: golden.target, weights });

      expect(result.loss).toBeCloseTo(golden.loss, 5);
      expect(relativeDifference(result.outputs.get('y')!.data, golden.output.data)).toBeLessThan(1e-6);
      expect([...result.gradients.keys()].sort()).toEqual([...golden.gradients.keys()].sort());
      for (const [key, { data }] of golden.gradients) {
        const ours = result.gradients.get(key)!;
        if (getNorm(data) > NOISE) expect(relativeDifference(ours, data), key).toBeLessThan(TOLERANCE);
        else expect(getNorm(ours), key).toBeLessThan(NOISE);
      }
      const statistics = [...golden.after.keys()].filter((key) => !key.endsWith('num_batches_tracked'));
      expect([...result.statistics.keys()].sort()).toEqual(statistics.sort());
      for (const key of statistics)
        expect(relativeDifference(result.statistics.get(key)!, golden.after.get(key)!.data), key).toBeLessThan(1e-6);
    });

    it('the same bits in fresh sessions, whatever the threads', async () => {
      const runs = [1, 2, 1].map(async (threads) => {
        await using step = await openTrainStep(golden.model, { loss: { kind: 'cross-entropy' }, threads });
        const weights = step.createWeights();
        const first = await step.step({ inputs: golden.inputs, target: golden.target, weights });
        const second = await step.step({ inputs: golden.inputs, target: golden.target, weights });
        return [first, second];
      });
      const [first, ...others] = (await Promise.all(runs)).flat();
      for (const other of others) {
        expect(other.loss).toBe(first!.loss);
        expect(other.gradients).toEqual(first!.gradients);
        expect(other.statistics).toEqual(first!.statistics);
      }
    });
  });

  it('a wrong gradient would be seen', () => {
    const golden = readOnnxGolden('vit');
    for (const { data } of golden.gradients.values()) {
      const wrong = Float32Array.from(data as Float32Array, (value) => value * 1.001);
      expect(relativeDifference(wrong, data)).toBeGreaterThan(TOLERANCE);
    }
  });
});
