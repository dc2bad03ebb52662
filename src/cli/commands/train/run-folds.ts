import {
  type CrossValidation,
  type CrossValidationConfig,
  crossValidatePhase1,
} from '../../../train/cross-validate.ts';
import type { Progress } from '../../../utils/progress.ts';
import type { CommandContext, CommandExit } from '../../define-command.ts';

/** Trains fold after fold, with a bar for each, and tells what came out. @throws what `crossValidatePhase1` throws */
export async function runFolds(config: CrossValidationConfig, context: CommandContext): Promise<CommandExit> {
  const { signal, log: logger } = context;
  const bar: { fold: number; progress: Progress | undefined } = { fold: -1, progress: undefined };
  try {
    const result = await crossValidatePhase1({
      ...{ ...config, signal, logger },
      onProgress({ batches, total, epoch, loss, rate, judged = 0, fold }) {
        if (bar.fold !== fold) {
          bar.progress?.done();
          const label = `fold ${fold}`;
          bar.progress = context.createProgress({ label, unit: 'batches', total, initial: batches - 1 });
          bar.fold = fold;
        }
        bar.progress?.update(batches, { epoch, loss, 'learning rate': rate, ...(judged > 0 && { judged }) });
      },
    });
    bar.progress?.done();
    context.stdout(context.json ? result : formatResult(result));
    return 0;
  } finally {
    bar.progress?.[Symbol.dispose]();
  }
}

function formatResult({ folder, folds, summary }: CrossValidation): string {
  const figure = (name: string) => {
    const { mean, deviation } = summary[name] ?? { mean: Number.NaN, deviation: Number.NaN };
    return `${mean.toFixed(4)} ± ${deviation.toFixed(4)}`;
  };
  return [
    `${folder}: ${folds.length} folds`,
    ...folds.map(({ fold, metrics, bestEpoch, epochs }) => {
      const auc = metrics['auc']?.toFixed(4) ?? 'none';
      return `  fold ${fold}: AUC ${auc}, epoch ${bestEpoch} of ${epochs}`;
    }),
    `  AUC ${figure('auc')}, balanced accuracy ${figure('balancedAccuracy')}`,
  ].join('\n');
}
