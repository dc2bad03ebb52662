import type { ForwardThread } from '../../onnx/forward-thread.ts';
import { pickModelWeights } from '../../onnx/mil-step.ts';
import { FEATURES, LOGITS } from '../../onnx/models/mil/bag-graph.ts';
import { throwIfAborted } from '../../utils/abort.ts';
import { readAhead } from '../../utils/read-ahead.ts';
import type { BagExample } from '../bags/bag-example.ts';
import type { BagStore } from '../bags/bag-store.ts';
import { readBag } from '../bags/read-bag.ts';
import type { LeftOut } from '../loop/fed-batch.ts';
import { joinRows } from '../loop/join-rows.ts';
import type { Judge } from '../loop/judged.ts';
import { softmaxRows } from '../metrics/kernels/softmax-rows.ts';
import { HELD } from './feed-bags.ts';

/** What a model is judged with. */
export interface BagJudge {
  /** The model that learns. */
  readonly source: Uint8Array;
  readonly thread: ForwardThread;
  readonly store: BagStore;
  readonly examples: readonly BagExample[];
  readonly dim: number;
  readonly classCount: number;
  readonly skipsBad: boolean;
  readonly threads: number | undefined;
  readonly signal: AbortSignal;
}

/** Logits of slides with all their patches, each in a run of its own, so that no slide has a say in another's. */
export function createBagJudge(judge: BagJudge): Judge {
  const { store, examples, dim, classCount, skipsBad, threads, signal } = judge;
  return async (file, { weights = new Map(), onJudged }) => {
    const options = { weights: pickModelWeights(weights), ...(threads === undefined ? {} : { threads }) };
    await using forward = await judge.thread.open(file ?? judge.source, options);
    const found = { labels: [] as number[], paths: [] as string[], skipped: [] as LeftOut[] };
    const rows: Float32Array[] = [];
    const read = (example: BagExample) => readBag(store, example, skipsBad);
    for await (const { item: example, result: features } of readAhead(examples, HELD, read)) {
      throwIfAborted(signal);
      if (!(features instanceof Float32Array)) {
        found.skipped.push(features);
        continue;
      }
      const dims = [features.length / dim, dim];
      const outputs = await forward.run(new Map([[FEATURES, { type: 'float32' as const, dims, data: features }]]), [
        LOGITS,
      ]);
      rows.push(outputs.get(LOGITS)?.data as Float32Array);
      found.labels.push(example.label);
      found.paths.push(example.path);
      onJudged?.(found.labels.length);
    }
    const logits = joinRows(rows);
    return { ...found, logits, probabilities: softmaxRows(logits, classCount), classCount };
  };
}
