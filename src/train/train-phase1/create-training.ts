import type { ForwardThread } from '../../onnx/forward-thread.ts';
import { createBatchLoader } from '../batches/batch-loader.ts';
import type { DecodePool } from '../batches/decode-pool.ts';
import type { Engine } from '../engines/engine.ts';
import { createLoop } from '../loop/create-loop.ts';
import type { Training, TrainingData } from '../loop/training.ts';
import { createPictureFeed } from './feed-pictures.ts';
import { createPictureJudge } from './judge-pictures.ts';
import type { Phase1Settings } from './options.ts';
import type { Phase1Model } from './read-phase1-model.ts';

export interface Phase1Parts {
  readonly settings: Phase1Settings;
  readonly data: TrainingData;
  readonly model: Phase1Model;
  readonly engine: Engine;
  readonly pool: DecodePool;
  readonly thread: ForwardThread;
  readonly signal: AbortSignal;
}

/** A training of pictures before its first batch. @throws OptionError */
export function createPhase1Training(parts: Phase1Parts): Training {
  const { settings, data, model, engine, pool, thread, signal } = parts;
  const { batchSize, seed, augment, mixup, labelSmoothing, onBadImage, threads } = settings;
  const { inputName, outputName, pictures, source } = model;
  const classCount = data.classes.length;
  const common = { classCount, batchSize, settings: pictures, seed, onBadImage };
  const loader = createBatchLoader(pool, {
    ...{ ...common, examples: data.train, mixup, labelSmoothing },
    augment: augment === false ? undefined : (augment ?? {}),
  });
  const judged = createBatchLoader(pool, { ...common, examples: data.validation });
  const shared = { inputName, pictures, classCount };
  return {
    unit: 'pictures',
    ...createLoop({ settings, data, engine, batchSize }),
    feed: createPictureFeed({ ...shared, loader, examples: data.train }),
    judge: createPictureJudge({
      ...{ ...shared, source, thread, loader: judged, examples: data.validation, outputName },
      ...{ batchSize, device: engine.device, threads, signal },
    }),
    checkpoint: { graphHash: model.hash, device: engine.device },
    signal,
  };
}
