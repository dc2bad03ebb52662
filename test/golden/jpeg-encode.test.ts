import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { sharp } from '../../src/io/codec/sharp.ts';
import type { Subsampling } from '../../src/io/kernels/jpeg-encode.ts';
import { describeWithShared } from '../support/shared-data.ts';
import { createBothJpeg, createPictures, type Picture } from '../unit/io/kernels/encode-images.ts';
import { describeWithPillow, readShared, runPillow, toGrey, withFolder } from './encode-support.ts';

const QUALITIES = [1, 10, 50, 75, 85, 95, 100];
const SUBSAMPLINGS: readonly { subsampling: Subsampling; pillow: number }[] = [
  { subsampling: '4:2:0', pillow: 2 },
  { subsampling: '4:4:4', pillow: 0 },
];

/** Whole files: with the same markers in the same order nothing is left to compare but equality. */
async function compareWithPillow(pictures: readonly Picture[], qualities: readonly number[]): Promise<void> {
  await withFolder((folder) => {
    const cases = pictures.flatMap((picture, i) =>
      qualities.flatMap((quality) =>
        SUBSAMPLINGS.map(({ subsampling, pillow }) => {
          const { width, height, channels, data } = picture;
          const path = join(folder, `${i}_${width}x${height}x${channels}_${quality}_${pillow}`);
          writeFileSync(`${path}.raw`, data);
          return { picture, quality, subsampling, path };
        }),
      ),
    );
    runPillow('jpeg', folder);
    for (const quality of qualities) {
      for (const { subsampling } of SUBSAMPLINGS) {
        const both = createBothJpeg({ maxWidth: 600, maxHeight: 512, quality, subsampling });
        const mine = cases.filter((one) => one.quality === quality && one.subsampling === subsampling);
        for (const { picture, path } of mine) {
          const jpeg = both.wasm.encode(both.place(picture, 9));
          const same = Buffer.compare(jpeg, readFileSync(`${path}.pillow.jpg`)) === 0;
          expect(same, `${picture.name}, quality ${quality}, ${subsampling}`).toBe(true);
        }
      }
    }
  });
}

describeWithPillow('JPEG is byte for byte that of Pillow (libjpeg-turbo 2.1.5)', () => {
  it('for made-up pictures of awkward sizes', async () => {
    const pictures = createPictures([
      [1, 1],
      [16, 9],
      [17, 33],
      [100, 75],
      [600, 400],
    ]);
    await compareWithPillow(pictures, QUALITIES);
  });

  describeWithShared('for tissue', () => {
    it('in colour and in grey', async () => {
      const names = ['cmu_0.png', 'hl_tissue_a.png', 'hl_almost_white.png', 'sf_norm_tile.png'];
      const colour = await Promise.all(names.map((name) => readShared('golden', 'inputs', name)));
      await compareWithPillow([...colour, ...colour.map(toGrey)], [50, 85, 100]);
    });
  });
});

describeWithShared('JPEG of tissue', () => {
  it.each(QUALITIES)('decodes to the pixels of sharp at quality %i, from TypeScript too', async (quality) => {
    for (const { subsampling } of SUBSAMPLINGS) {
      const both = createBothJpeg({ maxWidth: 512, maxHeight: 512, quality, subsampling });
      for (const name of ['cmu_0.png', 'sf_norm_tile.png']) {
        const picture = await readShared('golden', 'inputs', name);
        const block = both.place(picture, 31);
        const jpeg = both.wasm.encode(block).slice();
        expect(Buffer.compare(jpeg, both.twin.encode(block)), name).toBe(0);
        const { data, width, height } = picture;
        const theirs = await sharp(data, { raw: { width, height, channels: 3 } })
          .jpeg({ quality, chromaSubsampling: subsampling, mozjpeg: false, optimiseCoding: false })
          .toBuffer();
        const [a, b] = await Promise.all([jpeg, theirs].map((file) => sharp(file).raw().toBuffer()));
        expect(Buffer.compare(a ?? Buffer.alloc(0), b ?? Buffer.alloc(1)), name).toBe(0);
      }
    }
  });
});
