import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it, vi } from 'vitest';
import { estimateEmbedding } from '../../src/pipeline/estimate-embedding.ts';
import { resolveSlideInputs } from '../../src/pipeline/slide-inputs.ts';
import { fitStainProfile } from '../../src/preprocessing/stain-normalization.ts';
import { createSyntheticSlide } from '../../src/slide/synthetic-slide.ts';
import { createTinyBackbone } from '../support/tiny-backbones.ts';

vi.mock('../../src/preprocessing/stain-normalization.ts', async (load) => {
  const actual = await load<typeof import('../../src/preprocessing/stain-normalization.ts')>();
  return { ...actual, fitStainProfile: vi.fn(actual.fitStainProfile) };
});

it('looks for the stains of a slide once, in its tissue: not with each sample, whose time is that of a few patches', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'slideloom-estimate-'));
  try {
    const [path, model] = [join(folder, 'one.svs'), join(folder, 'tiny.onnx')];
    await createSyntheticSlide(path, { width: 1200, height: 900, seed: 4, associatedImages: [] });
    writeFileSync(model, createTinyBackbone());
    const how = { tissue: {}, stain: { method: 'macenko', fit: 'cohort' }, mpp: 2, workers: 1, threads: 1 } as const;
    const slides = await resolveSlideInputs([path]);
    const [row] = await estimateEmbedding({ slides, model, out: join(folder, 'out'), ...how }, () => {});
    expect(row?.error).toBeUndefined();
    expect(row?.patches).toBeGreaterThan(0);
    expect(vi.mocked(fitStainProfile).mock.calls.map(([, options]) => options?.mask !== undefined)).toEqual([true]);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});
