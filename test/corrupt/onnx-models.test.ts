import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { decodeModel } from '../../src/onnx/model.ts';
import { normalizeGraph } from '../../src/onnx/normalize.ts';
import { readGraph } from '../../src/onnx/read-graph.ts';
import { ModelError } from '../../src/utils/errors.ts';
import { mutateBytes } from '../support/mutate-bytes.ts';
import { createSeededRandom } from '../support/seeded-random.ts';
import { describeWithShared, sharedPath } from '../support/shared-data.ts';

const ROUNDS = 300;

describeWithShared('a damaged model', () => {
  it.each(['misc', 'randla', 'cnn-gn'])('%s is still a graph, or a typed error', (name) => {
    const bytes = new Uint8Array(readFileSync(sharedPath('golden', 'onnx', `${name}-mini.onnx`)));
    const random = createSeededRandom(name);
    let refused = 0;
    for (let round = 0; round < ROUNDS; round++) {
      try {
        normalizeGraph(readGraph(decodeModel(mutateBytes(bytes, random, { from: 0, to: bytes.length }))));
      } catch (error) {
        if (!(error instanceof ModelError)) throw error;
        refused++;
      }
    }
    expect(refused).toBeGreaterThan(ROUNDS / 4);
  });
});
