import { readFileSync } from 'node:fs';
import sharp from 'sharp';
import { beforeAll, expect, it } from 'vitest';
import type { MaskRule } from '../../src/preprocessing/xml-to-mask/annotation.ts';
import { createMaskRasterizer } from '../../src/preprocessing/xml-to-mask/rasterizer.ts';
import { describeWithShared, sharedPath } from '../support/shared-data.ts';

interface Entry {
  readonly id: string;
  readonly inputs: { readonly H: number; readonly W: number; readonly rings: readonly (readonly [number, number])[][] };
  readonly outputs: Readonly<Record<string, { readonly path: string }>>;
}

function paint({ H, W, rings }: Entry['inputs'], rule: MaskRule): Uint8Array {
  const [exterior, ...holes] = rings.map((ring) => Float64Array.from(ring.flat()));
  const shapes = [{ polygon: { exterior: exterior!, holes }, label: 255 }];
  const grid = { width: W, height: H, downsample: { x: 1, y: 1 } };
  const target = new Uint8Array(W * H).fill(77);
  const box = { x: 0, y: 0, width: W, height: H };
  const label = createMaskRasterizer(shapes, grid, { rule }).rasterize(box, target);
  return label === undefined ? target : new Uint8Array(W * H).fill(label);
}

async function readMask(path: string): Promise<Uint8Array> {
  return new Uint8Array(await sharp(sharedPath('golden', path)).extractChannel(0).raw().toBuffer());
}

function countDifferent(a: Uint8Array, b: Uint8Array): number {
  expect(a.length).toBe(b.length);
  return a.reduce((count, value, i) => count + (value === b[i] ? 0 : 1), 0);
}

describeWithShared('masks of the recorded polygons', () => {
  let cases: Entry[];
  beforeAll(() => {
    const { entries } = JSON.parse(readFileSync(sharedPath('golden', 'index.json'), 'utf8')) as { entries: Entry[] };
    cases = entries.filter(({ id }) => id.startsWith('poly__'));
    expect(cases.length).toBe(19);
  });

  it.each(['pixel-centre','nonzero','all-touched','cv2'] as const)('%s', async (rule) => {
    const golden = {'pixel-centre':'pixel_centre_evenodd',nonzero:'pixel_centre_nonzero','all-touched':'rasterio_all_touched',cv2:'cv2_fillPoly_trunc'}[rule];
    for (const { id, inputs, outputs } of cases) {
      if (outputs[golden]===undefined) {console.log(id,'none'); continue;}
      const wanted = await readMask(outputs[golden]!.path);
      const n = countDifferent(paint(inputs, rule), wanted);
      if (n>0) console.log(rule, id, n);
    }
  });
});
