import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { runCohort } from '../../src/pipeline/run-cohort.ts';
import { resolveSlideInputs } from '../../src/pipeline/slide-inputs.ts';
import { cutAndCompare } from '../support/cut-and-compare.ts';
import { type RangeServer, startRangeServer } from '../support/range-server.ts';
import { createSeededRandom } from '../support/seeded-random.ts';
import { describeWithShared, sharedPath } from '../support/shared-data.ts';
import { buildNgff, createZarrFolders, nest, type ZarrFiles } from '../support/tiny-zarr.ts';

const folders = createZarrFolders();
let root: string;
let files: ZarrFiles;
let server: RangeServer;
beforeAll(async () => {
  root = mkdtempSync(join(tmpdir(), 'slideloom-zarr-out-'));
  const random = createSeededRandom(7);
  const shape = [1, 3, 1, 130, 170];
  const data = Uint8Array.from({ length: 3 * 130 * 170 }, () => random.integer(0, 255));
  const unit = { type: 'space', unit: 'micrometer' };
  files = await buildNgff(2, [{ shape, chunk: [1, 1, 1, 32, 32], codec: 'blosc', data }], {
    axes: ['t', 'c', 'z', { name: 'y', ...unit }, { name: 'x', ...unit }],
    scales: [[1, 1, 1, 0.5, 0.5]],
  });
  server = await startRangeServer({});
  for (const [key, bytes] of nest(files, 'tiny.zarr')) server.files.set(key, bytes);
});
afterAll(async () => {
  await server.close();
  folders.clean();
  rmSync(root, { recursive: true, force: true });
});

describe('patches of OME-Zarr', () => {
  it('are cut by workers, which open the folder themselves', async () => {
    expect(await cutAndCompare(folders.write(files), 40)).toBe(20);
  });

  it('are the same from a server', async () => {
    expect(await cutAndCompare(server.getUrl('tiny.zarr'), 40)).toBe(20);
  });

  it('are cut in a run over a folder of slides, which is then done', async () => {
    const folder = mkdtempSync(join(root, 'slides-'));
    folders.write(files, join('..', folder.slice(tmpdir().length + 1), 'one.zarr'));
    const slides = await resolveSlideInputs([folder]);
    expect(slides.map(({ id }) => id)).toEqual(['one']);
    const out = mkdtempSync(join(root, 'run-'));
    const work = { tissue: false, patches: { size: 40, level: 0 }, onBadTile: 'fail' } as const;
    const run = () => runCohort({ ...work, slides, out, workers: 1 });
    expect((await run()).rows).toMatchObject([{ status: 'done', state: 'fresh', patches: { written: 12 } }]);
    expect((await run()).rows).toMatchObject([{ status: 'done', state: 'done' }]);
  });
});

describeWithShared('patches of real Zarr', () => {
  it('CMU-1-Small-Region-JPEG.zarr', { timeout: 60_000 }, async () => {
    expect(await cutAndCompare(sharedPath('data', 'wsi', 'CMU-1-Small-Region-JPEG.zarr'), 500)).toBe(30);
  });
});
