/** Phase 1: a classifier of patches learns from a table of pictures, from any ONNX model that gives logits. */
import { basename } from 'node:path';
import { createForwardThread } from '../onnx/forward-thread.ts';
import { createDecodePool } from './batches/decode-pool.ts';
import { completeTraining, runTraining, type TrainingResult } from './loop/run-training.ts';
import { identifyTables } from './loop/training-stage.ts';
import { concludePictures } from './train-phase1/conclude-pictures.ts';
import { createPhase1Training } from './train-phase1/create-training.ts';
import { type ModelCard, readModelCard } from './train-phase1/model-card.ts';
import { planEngine } from './train-phase1/open-engine.ts';
import { listPhase1Options, type Phase1Config, resolvePhase1 } from './train-phase1/options.ts';
import { readPhase1Data } from './train-phase1/read-data.ts';
import { readPhase1Model } from './train-phase1/read-phase1-model.ts';

export type { TrainingProgress } from './loop/learning-options.ts';
export { PHASE1_DEFAULTS, type Phase1Config } from './train-phase1/options.ts';

/** What a training left in its folder. */
export type Phase1Result = TrainingResult<ModelCard>;

/**
 * Trains a classifier and leaves in `out`: `model.onnx` with its card, `best.safetensors`, `last.safetensors`, `metrics.jsonl`,
 * `validation.csv`, `report.html` and `record.json`. On the processor the same config gives the same weights, whatever the number of
 * threads, and however often it was stopped or killed and resumed.
 * @throws OptionError, SourceError, DatasetError, ModelError, OperatorError, SessionError, OutputError, OutputInUseError,
 * CheckpointError; TrainingError where loss or gradients are no numbers: `last.safetensors` is then the last good state
 */
export async function trainPhase1(config: Phase1Config): Promise<Phase1Result> {
  const settings = resolvePhase1(config);
  const data = await readPhase1Data(settings);
  const model = await readPhase1Model(settings, data.classes.length);
  const { out: folder, resume, overwrite, signal } = settings;
  return runTraining<ModelCard>({
    ...{ stage: 'train-phase1', folder, resume, overwrite, signal },
    input: await identifyTables(basename(settings.train), data.tables, model.hash),
    // Mean and deviation may be those of the model's card.
    options: { ...listPhase1Options(settings), pictures: model.pictures },
    readCard: readModelCard,
    async train(either, resumes) {
      await using pool = createDecodePool(settings.workers);
      await using thread = createForwardThread();
      const open = await planEngine(settings, model, data);
      await using engine = await open();
      const training = createPhase1Training({ settings, data, model, pool, thread, engine, signal: either });
      return await completeTraining(training, resumes, (ended, epochs) =>
        concludePictures(ended, epochs, { settings, model }),
      );
    },
  });
}
