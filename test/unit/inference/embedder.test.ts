import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { openEmbedder } from '../../../src/inference/embed.ts';
import { createTinyBackbone } from '../../support/tiny-backbones.ts';

it('pictures move to the model and come back as they were, whatever of them was asked for', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'slideloom-embedder-'));
  try {
    const model = join(folder, 'tiny.onnx');
    writeFileSync(model, createTinyBackbone());
    await using embedder = await openEmbedder({ model, batchSize: 3, threads: 1 });
    const size = 3 * 3 * embedder.backbone.side ** 2;
    const values = Float32Array.from({ length: size }, (_, at) => Math.sin(at));
    const given = values.slice();
    const whole = await embedder.run(given, 3);
    expect(given).toHaveLength(0);
    expect(whole.planes).toEqual(values);
    expect(whole.features).toHaveLength(3 * whole.dimension);
    await expect(embedder.run(values.slice(0, size / 3), 2)).rejects.toMatchObject({ tag: 'option', option: 'planes' });
    // The last batch of a slide: what lies behind its rows comes back too, and has no say.
    const part = await embedder.run(whole.planes, 2);
    expect(part.planes).toEqual(values);
    expect(part.features).toEqual(whole.features.slice(0, 2 * whole.dimension));
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});
