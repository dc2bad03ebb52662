import { mkdtempSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { exportModel } from '../../../src/onnx/export-model.ts';
import { readFileOutline } from '../../../src/onnx/model/file-outline.ts';
import { decodeModel, readModel, readModelOutline } from '../../../src/onnx/model.ts';
import { createModel } from '../../../src/onnx/models.ts';
import { readGraph } from '../../../src/onnx/read-graph.ts';
import { createPattern, createTinyModel } from '../../support/tiny-models.ts';

it('refuses weights outside of the folder of the model before anybody opens them', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'slideloom-outline-'));
  const path = join(folder, 'model.onnx');
  try {
    const bytes = createTinyModel({ tensors: { a: createPattern(3, 300) }, nodes: [['MatMul', ['x', 'a'], ['y']]] });
    await exportModel(path, decodeModel(bytes), new Map(), { maxInside: 100 });
    expect(readModelOutline(path).initializers.size).toBe(1);
    // Of the same length, as the file says how long each of its texts is.
    const written = readFileSync(path).toString('latin1');
    writeFileSync(path, Buffer.from(written.replace('model.onnx.data', '../../dev/zero/'), 'latin1'));
    expect(() => readModelOutline(path)).toThrow(/data in "\.\.\/\.\.\/dev\/zero\/", which is not beside the model/);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});

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
