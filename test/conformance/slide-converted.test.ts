import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll } from 'vitest';
import { convertSlide } from '../../src/preprocessing/convert-slide.ts';
import { openSlide } from '../../src/slide/open-slide.ts';
import { createSyntheticSlide } from '../../src/slide/synthetic-slide.ts';
import { describeSlide } from '../support/slide-conformance.ts';

/** What `convert` writes is a slide like any other. */
let folder: string;
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'slideloom-converted-'));
  const path = join(folder, 'slide.svs');
  await createSyntheticSlide(path, { width: 2600, height: 2100, seed: 12 });
  await using slide = await openSlide(path);
  await convertSlide(slide, join(folder, 'copied.tif'));
  const made = { levels: 'pyramid', compression: 'deflate', copy: false, tileSize: 256 } as const;
  await convertSlide(slide, join(folder, 'made.ome.tif'), { ...made, layout: 'ome-tiff', stripAssociated: true });
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const associated = ['label', 'macro', 'thumbnail'];
describeSlide('a converted slide, BigTIFF', {
  open: () => openSlide(join(folder, 'copied.tif')),
  ...{ format: 'generic-tiff', levels: 2, associated, hasMpp: true },
});
describeSlide('a converted slide, OME-TIFF', {
  open: () => openSlide(join(folder, 'made.ome.tif')),
  ...{ format: 'ome-tiff', levels: 5, associated: [], hasMpp: true },
});
