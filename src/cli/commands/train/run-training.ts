import type { TrainingProgress } from '../../../train/loop/learning-options.ts';
import type { TrainingResult } from '../../../train/loop/run-training.ts';
import type { Logger } from '../../../utils/log.ts';
import type { Progress } from '../../../utils/progress.ts';
import type { CommandContext, CommandExit } from '../../define-command.ts';

/** What a training is given beside its config. */
export interface Watching {
  readonly signal: AbortSignal;
  readonly logger: Logger;
  readonly onProgress: (progress: TrainingProgress) => void;
}

interface Card {
  readonly threshold: number | null;
  readonly metrics: Readonly<Record<string, number | null>>;
  readonly training: Readonly<Record<string, unknown>>;
  readonly temperature?: number;
}

/**
 * Trains, with a bar, and tells what came out.
 * @param shown.unit what the bar counts @param shown.epochs at most, to tell whether it stopped early @throws what `train` throws
 */
export async function runTraining<One extends Card>(
  train: (watching: Watching) => Promise<TrainingResult<One>>,
  context: CommandContext,
  shown: { readonly unit: 'batches' | 'slides'; readonly epochs: number },
): Promise<CommandExit> {
  const { signal, log: logger } = context;
  let progress: Progress | undefined;
  try {
    const result = await train({
      ...{ signal, logger },
      onProgress({ batches, total, epoch, loss, rate, judged = 0 }) {
        // Batches of an earlier run are no work of this one: the time that is left is told by its own.
        progress ??= context.createProgress({ label: 'train', unit: shown.unit, total, initial: batches - 1 });
        progress.update(batches, { epoch, loss, 'learning rate': rate, ...(judged > 0 && { judged }) });
      },
    });
    progress?.done();
    context.stdout(context.json ? result : formatResult(result, shown.epochs));
    return 0;
  } finally {
    progress?.[Symbol.dispose]();
  }
}

function formatResult({ state, modelPath, card, record }: TrainingResult<Card>, epochs: number): string {
  const { metrics, training, threshold, temperature } = card;
  const figure = (name: string) => metrics[name]?.toFixed(4) ?? 'none';
  const { epochs: done = 0, skippedPictures = 0, skippedSlides = 0 } = record.counts;
  const range = metrics['aucLow'] == null ? '' : ` (95 %: ${figure('aucLow')} to ${figure('aucHigh')})`;
  return [
    `${modelPath}${state === 'done' ? ', trained before' : ''}`,
    `  epoch ${training['bestEpoch']} of ${done}${done < epochs ? ', stopped early' : ''}`,
    `  AUC ${figure('auc')}${range}, average precision ${figure('averagePrecision')}, log loss ${figure('logLoss')}`,
    `  balanced accuracy ${figure('balancedAccuracy')}${threshold === null ? '' : ` at the threshold ${threshold.toFixed(4)}`}`,
    ...(temperature === undefined ? [] : [`  temperature ${temperature.toFixed(4)}`]),
    ...(skippedPictures > 0 ? [`  pictures left out: ${skippedPictures}, listed in record.json`] : []),
    ...(skippedSlides > 0 ? [`  slides left out: ${skippedSlides}, listed in slides.csv`] : []),
  ].join('\n');
}
