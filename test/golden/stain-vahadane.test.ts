import { expect, it } from 'vitest';
import { createFlooredDensityTable } from '../../src/preprocessing/stain-normalization/apply/density-table.ts';
import { type LearnedStains, learnStains } from '../../src/preprocessing/stain-normalization/fit/learn-stains.ts';
import { markDark } from '../../src/preprocessing/stain-normalization/fit/mark-dark.ts';
import { measureSparseConcentrations } from '../../src/preprocessing/stain-normalization/fit/sparse-strengths.ts';
import { gatherMarked } from '../../src/preprocessing/stain-normalization/kernels/gather-marked.ts';
import { vahadane } from '../../src/preprocessing/stain-normalization/methods/vahadane.ts';
import type { Vector3 } from '../../src/preprocessing/stain-normalization/stain-method.ts';
import { describeWithShared } from '../support/shared-data.ts';
import { compareWithGolden, fitOrThrow, listStainGoldens, readStainPixels } from './stain-support.ts';

const GOLDEN = 'vahadane_staintools_standin';
const DENSITY = createFlooredDensityTable();

/** Degrees between two unit vectors. */
function measureAngle(a: readonly number[], b: readonly number[]): number {
  const dot = a.reduce((sum, value, k) => sum + value * b[k]!, 0);
  return (Math.acos(Math.min(1, dot)) * 180) / Math.PI;
}

const learned = new Map<string, LearnedStains>();

/** Of a picture's tissue; many goldens have the same target. */
async function learn(path: string): Promise<LearnedStains> {
  const { data } = await readStainPixels(path);
  const { mask, tissuePixels } = markDark(data, { stretch: false });
  const found = learned.get(path) ?? learnStains(gatherMarked(data, mask, tissuePixels), DENSITY);
  learned.set(path, found);
  return found;
}

describeWithShared("Vahadane's stains", () => {
  it('reach the objective of the reference, and lie within half a degree of its vectors', async () => {
    for (const entry of listStainGoldens(GOLDEN)) {
      const { values } = entry;
      for (const [role, matrix, reached] of [
        ['source', values.source_matrix_rows_HE, values.objective_source],
        ['target', values.target_matrix_rows_HE, values.objective_target],
      ] as const) {
        const { stains, objective } = await learn(entry.inputs[role]!);
        const ordered = stains[0][0] > stains[1][0] ? stains : stains.toReversed();
        // Both stop where a turn gains little, ours later: reference.md allows 1 degree and 0.2 %.
        for (const [k, stain] of ordered.entries())
          expect(measureAngle(stain, matrix[k]), `${entry.id} ${role} ${k}`).toBeLessThan(0.5);
        expect(objective, `${entry.id} ${role}`).toBeLessThanOrEqual(reached.objective * 1.00001);
      }
    }
  });

  it('are those of the normaliser, haematoxylin first', async () => {
    const path = 'inputs/sf_norm_tile.png';
    const statistics = fitOrThrow(vahadane, await readStainPixels(path));
    const { stains } = await learn(path);
    const ordered = stains[0][0] > stains[1][0] ? stains : stains.toReversed();
    expect(statistics).toMatchObject({ kind: 'stains', stains: ordered });
  });

  it('give the same bytes, given the same matrices', async () => {
    for (const entry of listStainGoldens(GOLDEN)) {
      const { values } = entry;
      const source = await readStainPixels(entry.inputs['source']!);
      const stains = values.source_matrix_rows_HE as Vector3[];
      const from = measureSparseConcentrations(source.data, DENSITY, stains);
      const out = new Uint8Array(source.data.length);
      vahadane.createTransform(
        { kind: 'stains', stains, maxConcentrations: from },
        { kind: 'stains', stains: values.target_matrix_rows_HE, maxConcentrations: values.target_maxC.flat() },
      )(source, out);
      const agreement = await compareWithGolden(source, out, entry.outputs['norm']!);
      expect(agreement, entry.id).toEqual({ max: 0, equal: 1, identical: true });
    }
  });
});
