import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { createStretch, markDark } from '../../src/preprocessing/stain-normalization/fit/mark-dark.ts';
import { markHistolabTissue } from '../../src/preprocessing/stain-normalization/fit/mark-histolab-tissue.ts';
import { computeLightness } from '../../src/preprocessing/stain-normalization/kernels/opencv-lightness.ts';
import { describeWithShared, sharedPath } from '../support/shared-data.ts';
import { compareWithGolden, listStainGoldens, readStainPixels } from './stain-support.ts';

/** Pixels that one mask has and the other has not; the stored one is a grey PNG, 0 for none. */
async function countOther(mask: Uint8Array, path: string): Promise<number> {
  const { data } = await readStainPixels(path);
  let count = 0;
  for (const [i, value] of mask.entries()) if ((value !== 0) !== (data[3 * i] !== 0)) count++;
  return count;
}

describeWithShared('tissue as peers see it before they look for stains', () => {
  it("histolab: its own suite's masks of tiles, every pixel", async () => {
    const index = JSON.parse(readFileSync(sharedPath('golden', 'index.json'), 'utf8')) as {
      entries: { id: string; inputs: Record<string, string>; outputs: Record<string, { path: string }> }[];
    };
    const entries = index.entries.filter(({ id }) => id.startsWith('histolab_tissue_mask_tile_'));
    expect(entries).toHaveLength(2);
    for (const { id, inputs, outputs } of entries) {
      const mask = markHistolabTissue(await readStainPixels(inputs['image']!));
      expect(await countOther(mask, outputs['mask']!.path), id).toBe(0);
    }
  });

  it('tiatoolbox: the drawn-out contrast and its mask, every byte', async () => {
    for (const entry of listStainGoldens('contrast_enhancer_tiatoolbox')) {
      const source = await readStainPixels(entry.inputs['source']!);
      const stretch = createStretch(source.data);
      const out = source.data.map((value) => stretch[value]!);
      expect(await compareWithGolden(source, out, entry.outputs['out']!), entry.id).toEqual({
        ...{ max: 0, equal: 1, identical: true },
      });
      const { mask, tissuePixels } = markDark(source.data, { stretch: true });
      expect(await countOther(mask, entry.outputs['mask']!.path), entry.id).toBe(0);
      expect(tissuePixels).toBe(mask.reduce((sum, value) => sum + value, 0));
    }
  });
});

describe('lightness', () => {
  it('is that of OpenCV for all 16,777,216 colours', () => {
    const same = Uint8Array.from({ length: 256 }, (_, v) => v);
    const rgb = new Uint8Array(3 * 65_536);
    const out = new Uint8Array(65_536);
    for (let i = 0; i < 65_536; i++) {
      rgb[3 * i + 1] = i >> 8;
      rgb[3 * i + 2] = i & 255;
    }
    const hash = createHash('sha256');
    for (let r = 0; r < 256; r++) {
      for (let p = 0; p < rgb.length; p += 3) rgb[p] = r;
      computeLightness(rgb, same, out);
      hash.update(out);
    }
    // SHA-256 of the L plane of OpenCV 4.6's cvtColor(COLOR_RGB2LAB) of the same colours in the same order.
    expect(hash.digest('hex')).toBe('9a7de348cc03f377a9d236f1af937b5ca5245958b615003683934d19dd43858e');
  });
});
