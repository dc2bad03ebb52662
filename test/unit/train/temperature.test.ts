import { expect, it } from 'vitest';
import { computeLogLoss } from '../../../src/train/metrics/log-loss.ts';
import { calibrate, fitTemperature } from '../../../src/train/metrics/temperature.ts';
import { createSeededRandom } from '../../support/seeded-random.ts';

/** Three classes; an example is of class k with the probability that logits / temperature give it. */
function draw(count: number, temperature: number) {
  const random = createSeededRandom(3);
  const logits = Float32Array.from({ length: count * 3 }, () => 6 * random.uniform() - 3);
  const probabilities = calibrate(logits, temperature, 3);
  const labels = Array.from({ length: count }, (_, row) => {
    const at = random.uniform();
    const [a = 0, b = 0] = probabilities.subarray(row * 3);
    return at < a ? 0 : at < a + b ? 1 : 2;
  });
  return { logits, labels };
}

it.each([0.4, 1, 3])('finds the temperature %d that labels were drawn with, where the log loss is least', (wanted) => {
  const { logits, labels } = draw(4000, wanted);
  const { temperature, isFitted } = fitTemperature(logits, labels, 3);
  expect(isFitted).toBe(true);
  // 4,000 draws tell it to some hundredths.
  expect(Math.abs(Math.log(temperature / wanted))).toBeLessThan(0.06);
  const loss = (t: number) => computeLogLoss({ labels, probabilities: calibrate(logits, t, 3), classCount: 3 }) ?? 0;
  // Scanned around it: nowhere is it less, but for the rounding of probabilities to single precision.
  for (const factor of [0.8, 0.95, 0.99, 1.01, 1.05, 1.2])
    expect(loss(temperature * factor)).toBeGreaterThan(loss(temperature) - 1e-9);
});

it('stays 1 where every example is taken for what it is, and where there is none', () => {
  expect(fitTemperature(Float32Array.of(3, 1, 0, 2), [0, 1], 2)).toEqual({ temperature: 1, isFitted: false });
  expect(fitTemperature(new Float32Array(0), [], 2)).toEqual({ temperature: 1, isFitted: false });
});

it('is held within bounds where the logits say the opposite', () => {
  expect(fitTemperature(Float32Array.of(3, 1, 0, 2), [1, 0], 2)).toEqual({ temperature: 20, isFitted: true });
  expect(fitTemperature(Float32Array.of(1e-4, 0, 0, 1e-4, 1e-4, 0), [0, 1, 1], 2).temperature).toBe(1 / 20);
});
