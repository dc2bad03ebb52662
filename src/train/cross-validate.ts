/** Cross-validation: every fold is the validation set once, and the figures of all are put together. */
import { type CrossValidation, trainFolds } from './cross-validate/train-folds.ts';
import type { TrainingProgress } from './loop/learning-options.ts';
import { listPhase1Options, type Phase1Config, resolvePhase1 } from './train-phase1/options.ts';
import { readPhase1Data } from './train-phase1/read-data.ts';
import { trainPhase1 } from './train-phase1.ts';
import { listPhase2Options, type Phase2Config, resolvePhase2 } from './train-phase2/options.ts';
import { readPhase2Data } from './train-phase2/read-data.ts';
import { trainPhase2 } from './train-phase2.ts';

export type { FoldResult } from './cross-validate/fold-result.ts';
export type { FoldSummary } from './cross-validate/summarize-folds.ts';
export type { CrossValidation } from './cross-validate/train-folds.ts';

/** A config of all folds: it has no fold and no validation table. */
export type FoldsConfig<Config> = Omit<Config, 'fold' | 'validation' | 'onProgress'> & {
  fold?: undefined;
  validation?: undefined;
  onProgress?: ((progress: TrainingProgress & { readonly fold: number }) => void) | undefined;
};

export type CrossValidationConfig = FoldsConfig<Phase1Config>;

/**
 * Trains once for each fold, one after another, into `fold-0`, `fold-1` ... below `out`, and writes `folds.csv`, `folds.json` and
 * `report.html` of all. Folds that an earlier run finished are not trained again.
 * @throws what `trainPhase1` throws
 */
export async function crossValidatePhase1(config: CrossValidationConfig): Promise<CrossValidation> {
  const settings = resolvePhase1({ ...config, onProgress: undefined });
  const { out, folds, model, logger } = settings;
  return trainFolds({
    ...{ phase: 'Phase 1', unit: 'pictures', out, folds, model, logger, given: config },
    options: listPhase1Options(settings),
    check: (fold) => readPhase1Data(resolvePhase1({ ...config, fold, onProgress: undefined })),
    train: (fold, folder) =>
      trainPhase1({ ...config, fold, out: folder, onProgress: addFold(config.onProgress, fold) }),
  });
}

/** As `crossValidatePhase1`, of slides. @throws what `trainPhase2` throws */
export async function crossValidatePhase2(config: FoldsConfig<Phase2Config>): Promise<CrossValidation> {
  const settings = resolvePhase2({ ...config, onProgress: undefined });
  const { out, folds, model, logger } = settings;
  return trainFolds({
    ...{ phase: 'Phase 2', unit: 'slides', out, folds, model, logger, given: config },
    options: listPhase2Options(settings),
    check: (fold) => readPhase2Data(resolvePhase2({ ...config, fold, onProgress: undefined, logger: undefined })),
    train: (fold, folder) =>
      trainPhase2({ ...config, fold, out: folder, onProgress: addFold(config.onProgress, fold) }),
  });
}

function addFold(
  onProgress: CrossValidationConfig['onProgress'],
  fold: number,
): ((progress: TrainingProgress) => void) | undefined {
  return onProgress && ((progress) => onProgress({ ...progress, fold }));
}
