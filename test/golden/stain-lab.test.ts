import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { createStretch, markDark } from '../../src/preprocessing/stain-normalization/fit/mark-dark.ts';
import {
  computeBytePercentile,
  countBytes,
} from '../../src/preprocessing/stain-normalization/kernels/byte-percentile.ts';
import { convertToCielab } from '../../src/preprocessing/stain-normalization/kernels/cielab.ts';
import { convertFromLab, convertToLab } from '../../src/preprocessing/stain-normalization/kernels/opencv-lab.ts';
import { describeWithShared, sharedPath } from '../support/shared-data.ts';
import { compareWithGolden, listStainGoldens, readStainPixels } from './stain-support.ts';

const IDENTITY = Uint8Array.from({ length: 256 }, (_, v) => v);

function hash(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex');
}

describe("OpenCV's 8-bit CIELAB", () => {
  /** Every fifth level of three channels: 52^3 colours. */
  const lattice = Uint8Array.from({ length: 3 * 52 ** 3 }, (_, i) => {
    const color = Math.floor(i / 3);
    return 5 * (Math.floor(color / 52 ** (2 - (i % 3))) % 52);
  });

  it('is that of OpenCV 4.6 both ways', () => {
    const out = new Uint8Array(lattice.length);
    convertToLab(lattice, out);
    expect(hash(out)).toBe('1a91f1e617266b3460eb832280bb25953916172842f237c9a233bedbd072cdf5');
    convertFromLab(lattice, [IDENTITY, IDENTITY, IDENTITY], out);
    expect(hash(out)).toBe('3de4e9d6735fd650c717e068b951074e9eaecd5561a4bc8c323faa5f094f4d37');
  });
});

describeWithShared('colour spaces are those of their peers', () => {
  it("8-bit CIELAB is OpenCV's in pictures", async () => {
    for (const entry of listStainGoldens('lab')) {
      const { width, height, data } = await readStainPixels(entry.inputs['source']!);
      const lab = new Uint8Array(data.length);
      convertToLab(data, lab);
      const stored = await readStainPixels(entry.outputs['cv2_lab8']!.path);
      const [rows, columns] = entry.outputs['cv2_lab8']!.shape as [number, number];
      expect([rows, columns]).toEqual([Math.ceil(height / 4), Math.ceil(width / 4)]);
      const ours = stored.data.map((_, i) => {
        const [y, x] = [Math.floor(i / 3 / columns), Math.floor(i / 3) % columns];
        return lab[3 * (4 * y * width + 4 * x) + (i % 3)]!;
      });
      expect(Buffer.compare(ours, stored.data), entry.id).toBe(0);
    }
  });

  it("CIELAB is scikit-image's", async () => {
    for (const entry of listStainGoldens('lab')) {
      const { width, data } = await readStainPixels(entry.inputs['source']!);
      const { path, shape } = entry.outputs['skimage_lab_sample']!;
      const bytes = readFileSync(sharedPath('golden', path));
      const start = 10 + bytes.readUInt16LE(8);
      const [rows, columns] = shape as [number, number];
      const lab = new Float64Array(3);
      let worst = 0;
      for (let i = 0; i < rows * columns; i++) {
        const p = 3 * (16 * Math.floor(i / columns) * width + 16 * (i % columns));
        convertToCielab(data[p]!, data[p + 1]!, data[p + 2]!, lab);
        for (let k = 0; k < 3; k++)
          worst = Math.max(worst, Math.abs(lab[k]! - bytes.readDoubleLE(start + 8 * (3 * i + k))));
      }
      // Of numbers up to 128; what is left is rounding.
      expect(worst, entry.id).toBeLessThan(1e-11);
    }
  });

  it("brightness drawn out in OpenCV's CIELAB is StainTools' luminosity standardiser, every byte", async () => {
    for (const entry of listStainGoldens('luminosity_standardize_staintools')) {
      const source = await readStainPixels(entry.inputs['source']!);
      const lab = new Uint8Array(source.data.length);
      convertToLab(source.data, lab);
      const top = computeBytePercentile(countBytes(lab.filter((_, i) => i % 3 === 0)), 95);
      const brighter = IDENTITY.map((v) => Math.min(255, (255 * v) / top));
      convertFromLab(lab, [brighter, IDENTITY, IDENTITY], lab);
      expect((await compareWithGolden(source, lab, entry.outputs['out']!)).identical, entry.id).toBe(true);
    }
  });

  it("contrast and tissue are tiatoolbox's, every byte", async () => {
    for (const entry of listStainGoldens('contrast_enhancer_tiatoolbox')) {
      const source = await readStainPixels(entry.inputs['source']!);
      const stretch = createStretch(source.data);
      const drawn = source.data.map((v) => stretch[v]!);
      expect((await compareWithGolden(source, drawn, entry.outputs['out']!)).identical, entry.id).toBe(true);
      const { mask } = markDark(source.data, { stretch: true });
      const stored = await readStainPixels(entry.outputs['mask']!.path);
      expect(
        mask.findIndex((value, i) => value !== Math.sign(stored.data[3 * i]!)),
        entry.id,
      ).toBe(-1);
    }
  });
});
