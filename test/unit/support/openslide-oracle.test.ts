import { createHash } from 'node:crypto';
import { expect, it } from 'vitest';
import { describeWithOpenSlide } from '../../support/openslide-oracle.ts';
import { describeWithShared, ROOT, sharedPath } from '../../support/shared-data.ts';

// The oracle is what other tests trust, so it is held against facts that come from elsewhere.
describeWithShared('OpenSlide oracle', () => {
  describeWithOpenSlide('on CMU-1-Small-Region.svs', (getOracle) => {
    const path = sharedPath('data/wsi/CMU-1-Small-Region.svs');

    it('opens it', async () => {
      const slide = await getOracle().open(path);
      expect(slide.vendor).toBe('aperio');
      expect(slide.levels).toEqual([{ width: 2220, height: 2967, downsample: 1 }]);
      expect(slide.properties['openslide.mpp-x']).toBe('0.499');
      expect(slide.associatedImages).toEqual(['label', 'macro', 'thumbnail']);
      await slide.close();
    });

    it('reads the pixels that golden/inputs/cmu_0 has', async () => {
      const slide = await getOracle().open(path);
      const region = await slide.readRegion({ x: 700, y: 600, level: 0, width: 512, height: 512 });
      const sha = createHash('sha256').update(region.data).digest('hex');
      expect(sha).toBe('c51ced0fb7daa46b34587c99b9ed55f063cd62d82e3ac971e0be64f3837fd84e');
      await slide.close();
    });

    it('puts what is outside on white', async () => {
      const slide = await getOracle().open(path);
      const region = await slide.readRegion({ x: -16, y: -16, level: 0, width: 32, height: 32 });
      expect([region.width, region.height, region.data.length]).toEqual([32, 32, 32 * 32 * 3]);
      expect(new Set(region.data.subarray(0, 16 * 32 * 3))).toEqual(new Set([255]));
      await slide.close();
    });

    it('answers 200 reads asked for at once, in order', async () => {
      const slide = await getOracle().open(path);
      const sizes = Array.from({ length: 200 }, (_, index) => 100 + index);
      const started = performance.now();
      const regions = await Promise.all(
        sizes.map((width) => slide.readRegion({ x: width * 5, y: width * 7, level: 0, width, height: 256 })),
      );
      expect(regions.map((region) => region.width)).toEqual(sizes);
      expect(performance.now() - started).toBeLessThan(20_000);
      await slide.close();
    });

    it('reads associated images', async () => {
      const slide = await getOracle().open(path);
      const label = await slide.readAssociated('label');
      expect([label.width, label.height]).toEqual([387, 463]);
      await expect(slide.readAssociated('none')).rejects.toThrow('KeyError');
      await slide.close();
    });

    it("hands OpenSlide's refusal over, and lives on", async () => {
      await expect(getOracle().open(`${ROOT}/package.json`)).rejects.toThrow('OpenSlideUnsupportedFormatError');
      await expect(getOracle().open('/nowhere.svs')).rejects.toThrow();
      await (await getOracle().open(path)).close();
    });
  });
});
