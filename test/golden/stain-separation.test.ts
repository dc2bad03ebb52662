import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { drawStains, separateStains } from '../../src/preprocessing/stain-normalization/separation/separate-stains.ts';
import { describeWithShared, sharedPath } from '../support/shared-data.ts';
import { compareWithGolden, listStainGoldens, readStainPixels } from './stain-support.ts';

/** Numbers of a NumPy file of float64 in C order. */
function readNumbers(path: string): Float64Array {
  const bytes = readFileSync(sharedPath('golden', path));
  const header = bytes.readUInt16LE(8);
  expect(bytes.subarray(10, 10 + header).toString('latin1')).toContain("'<f8', 'fortran_order': False");
  return new Float64Array(Uint8Array.from(bytes.subarray(10 + header)).buffer);
}

/** HistomicsTK's golden was made with these, the second pair of digits rounded as in its own table. */
const HISTOMICSTK_STAINS = [
  [0.65, 0.704, 0.286],
  [0.072, 0.99, 0.105],
] as const;

describeWithShared('separation of stains', () => {
  it("concentrations are scikit-image's rgb2hed", async () => {
    for (const entry of listStainGoldens('rgb2hed_skimage')) {
      const source = await readStainPixels(entry.inputs['source']!);
      const planes = separateStains(source);
      const [rows, columns] = entry.outputs['hed_sample']!.shape as [number, number];
      const sample = readNumbers(entry.outputs['hed_sample']!.path);
      let worst = 0;
      for (let y = 0; y < rows; y++)
        for (let x = 0; x < columns; x++)
          for (let k = 0; k < 3; k++) {
            const ours = planes[k]![16 * y * source.width + 16 * x]!;
            worst = Math.max(worst, Math.abs(ours - sample[3 * (y * columns + x) + k]!));
          }
      // Concentrations are below 1; what is left is the order of sums.
      expect(worst, entry.id).toBeLessThan(1e-12);
      for (const [k, plane] of planes.entries()) {
        const mean = plane.reduce((sum, value) => sum + value, 0) / plane.length;
        expect(mean, entry.id).toBeCloseTo(entry.values.mean[k], 9);
      }
    }
  });

  it("grey pictures are those of HistomicsTK's colour deconvolution, every byte", async () => {
    for (const entry of listStainGoldens('colordeconv_histomicstk')) {
      const source = await readStainPixels(entry.inputs['source']!);
      const planes = drawStains(source, HISTOMICSTK_STAINS);
      const joined = new Uint8Array(source.data.length);
      for (const [k, plane] of planes.entries()) for (const [i, value] of plane.entries()) joined[3 * i + k] = value;
      expect(await compareWithGolden(source, joined, entry.outputs['stains']!), entry.id).toEqual({
        ...{ max: 0, equal: 1, identical: true },
      });
    }
  });
});
