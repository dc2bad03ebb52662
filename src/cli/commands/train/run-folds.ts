import type { CrossValidation } from '../../../train/cross-validate/train-folds.ts';
import type { TrainingProgress } from '../../../train/loop/learning-options.ts';
import type { Progress } from '../../../utils/progress.ts';
import type { CommandContext, CommandExit } from '../../define-command.ts';
import type { Watching } from './run-training.ts';

type FoldWatching = Omit<Watching, 'onProgress'> & {
  readonly onProgress: (progress: TrainingProgress & { readonly fold: number }) => void;
};

/** Trains fold after fold, with a bar for each, and tells what came out. @throws what `train` throws */
export async function runFolds(
  train: (watching: FoldWatching) => Promise<CrossValidation>,
  context: CommandContext,
  unit: 'batches' | 'slides',
): Promise<CommandExit> {
  const { signal, log: logger } = context;
  const bar: { fold: number; progress: Progress | undefined } = { fold: -1, progress: undefined };
  try {
    const result = await train({
      ...{ signal, logger },
      onProgress({ batches, total, epoch, loss, rate, judged = 0, fold }) {
        if (bar.fold !== fold) {
          bar.progress?.done();
          const label = `fold ${fold}`;
          bar.progress = context.createProgress({ label, unit, total, initial: batches - 1 });
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
