/** Phase 2: a classifier of slides learns from the features of their patches and the labels of the slides alone. */
import { basename } from 'node:path';
import { createForwardThread } from '../onnx/forward-thread.ts';
import { createMilModel } from '../onnx/mil-models.ts';
import { sha256 } from '../utils/hash.ts';
import { createBagStore } from './bags/bag-store.ts';
import { completeTraining, runTraining, type TrainingResult } from './loop/run-training.ts';
import { identifyTables } from './loop/training-stage.ts';
import { type MilCard, readMilCard } from './mil-card.ts';
import { concludeSlides } from './train-phase2/conclude-slides.ts';
import { createPhase2Training } from './train-phase2/create-training.ts';
import { openBagEngine } from './train-phase2/open-bag-engine.ts';
import { listPhase2Options, type Phase2Config, resolvePhase2 } from './train-phase2/options.ts';
import { readPhase2Data } from './train-phase2/read-data.ts';
import { standardizeModel } from './train-phase2/standardize-model.ts';

export { PHASE2_DEFAULTS, type Phase2Config } from './train-phase2/options.ts';

/** What a training left in its folder. */
export type Phase2Result = TrainingResult<MilCard>;

/**
 * Trains a classifier of slides and leaves in `out`: `model.onnx` with its card, `best.safetensors`, `last.safetensors`,
 * `metrics.jsonl`, `validation.csv`, `slides.csv`, `report.html` and `record.json`. It runs on the processor, where the same config
 * gives the same weights, whatever the number of threads, and however often it was stopped or killed and resumed.
 *
 * Memory: the features of all slides where they take at most `cacheMemory`, else those of three slides, the largest ones at worst;
 * beside them the weights, their gradients, two moments, and what onnxruntime needs for the largest slide.
 * @throws OptionError, SourceError, DatasetError, SessionError, OutputError, OutputInUseError, CheckpointError; TrainingError where
 * loss or gradients are no numbers: `last.safetensors` is then the last good state
 */
export async function trainPhase2(config: Phase2Config): Promise<Phase2Result> {
  const settings = resolvePhase2(config);
  const data = await readPhase2Data(settings);
  const { out: folder, resume, overwrite, signal, model, hidden, attention, dropout, seed, logger } = settings;
  const { featureDim } = data;
  const bytes = createMilModel(model, { featureDim, classes: data.classes.length, hidden, attention, dropout, seed });
  const examples = [...data.train, ...data.validation];
  return runTraining<MilCard>({
    ...{ stage: 'train-phase2', folder, resume, overwrite, signal },
    input: await identifyTables(basename(settings.labels), data.tables, [sha256(bytes), data.identity].join('\n')),
    options: listPhase2Options(settings),
    readCard: readMilCard,
    async train(either, resumes) {
      const store = createBagStore({ examples, dim: featureDim, limit: settings.cacheMemory * 1e6 });
      logger?.debug(store.keeps ? 'features stay in memory' : "each slide's features are read at its turn");
      const parts = { settings, data, signal: either };
      const source = settings.standardize ? await standardizeModel(bytes, store, parts) : bytes;
      await using thread = createForwardThread();
      await using engine = await openBagEngine(source, settings, data);
      const training = createPhase2Training({ ...parts, source, store, engine, thread });
      return await completeTraining(training, resumes, (ended, epochs) =>
        concludeSlides(ended, epochs, { settings, data, source }),
      );
    },
  });
}
