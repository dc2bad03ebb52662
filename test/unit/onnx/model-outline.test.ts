import { mkdtempSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { readFileOutline } from '../../../src/onnx/model/file-outline.ts';
import { readModel, readModelOutline } from '../../../src/onnx/model.ts';
import { createModel } from '../../../src/onnx/models.ts';
import { readGraph } from '../../../src/onnx/read-graph.ts';

it('an outline is the model without the values of large tensors; damage is told', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'slideloom-outline-'));
  const path = join(folder, 'model.onnx');
  try {
    // Weights of 4 MB, some longer than the reader's window.
    const bytes = createModel('vit-tiny', { classes: 3, width: 64, height: 64, seed: 1 });
    writeFileSync(path, bytes);
    expect(readFileOutline(path).length).toBeLessThan(bytes.length / 20);
    const [whole, outline] = [await readModel(path), readModelOutline(path)];
    expect(outline.graph.node).toEqual(whole.graph.node);
    const { initializers: _weights, ...graph } = readGraph(outline);
    const { initializers: _own, ...same } = readGraph(whole);
    expect(graph).toEqual(same);
    let left = 0;
    for (const [name, { type, dims, data }] of whole.initializers) {
      const found = outline.initializers.get(name);
      expect([found?.type, found?.dims]).toEqual([type, dims]);
      if (data.byteLength > 1024) expect(found?.data).toHaveLength(0);
      else expect(found?.data).toEqual(data);
      if (data.byteLength <= 1024) left++;
    }
    expect(left).toBeGreaterThan(0);
    truncateSync(path, bytes.length - 100);
    expect(() => readModelOutline(path)).toThrow(/damaged, or no ONNX model/);
    writeFileSync(path, Buffer.alloc(300, 7));
    expect(() => readModelOutline(path)).toThrow(/no ONNX model/);
    expect(() => readModelOutline(join(folder, 'none.onnx'))).toThrow(/ENOENT/);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});
