import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { predictInParts } from '../../../src/inference/heatmap/predict-in-parts.ts';
import { openMilModel } from '../../../src/inference/mil/open-mil-model.ts';
import { createMilModel } from '../../../src/onnx/mil-models.ts';
import type { MilCard } from '../../../src/train/mil-card.ts';
import { createSeededRandom } from '../../support/seeded-random.ts';

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'slideloom-parts-'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const [COUNT, DIM] = [57, 6];
const random = createSeededRandom(4);
const features = Float32Array.from({ length: COUNT * DIM }, () => 6 * random.uniform() - 3);

/** The largest difference, as a share of the second. */
function compare(found: Float32Array | undefined, expected: Float32Array | undefined): number {
  expect(found).toHaveLength(expected?.length ?? -1);
  const differ = (value: number, other = 0) => (value === other ? 0 : Math.abs(value / other - 1));
  return Math.max(...(found ?? []).map((value, i) => differ(value, expected?.[i])));
}

it.each([
  ['abmil', 6],
  ['gated-abmil', 6],
  ['clam-sb', 6],
  ['mean', 6],
  // What a patch has of the largest values depends on the others: one run.
  ['max', 1],
] as const)('takes %s in %d runs, with what one run gives', async (architecture, runs) => {
  const path = join(folder, `${architecture}.onnx`);
  writeFileSync(path, createMilModel(architecture, { featureDim: DIM, classes: 3, hidden: 8, attention: 4, seed: 2 }));
  await using mil = await openMilModel(path, { ownThread: false, threads: 1 });
  let asked = 0;
  const consume: typeof mil.consume = (...bag) => {
    asked++;
    return mil.consume(...bag);
  };
  const { classes, hasAttention, hasInstances, sha256 } = mil;
  const card = { architecture, sha256 } as MilCard;
  const model = { consume, classes, hasAttention, hasInstances, sha256, card };
  const whole = await mil.predict(features, COUNT, DIM);
  const readRows = async (from: number, rows: number) => features.slice(from * DIM, (from + rows) * DIM);
  const bag = { count: COUNT, dim: DIM, readRows };
  const parts = await predictInParts(model, bag, 10);
  expect(asked).toBe(runs);
  // Single precision on the way: some 10 roundings of 6e-8.
  expect(compare(parts.attention, whole.attention)).toBeLessThan(1e-6);
  expect(compare(parts.instanceProbabilities, whole.instanceProbabilities)).toBeLessThan(1e-6);
  // Nobody says how it scores patches; a card of other bytes says it of another model.
  for (const [at, other] of [undefined, { architecture, sha256: 'ab' } as MilCard].entries()) {
    const unknown = await predictInParts({ ...model, card: other }, bag, 10);
    expect([asked, unknown.attention]).toEqual([runs + 1 + at, whole.attention]);
  }
});
