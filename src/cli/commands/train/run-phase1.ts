import { PHASE1_DEFAULTS, type Phase1Config } from '../../../train/train-phase1/options.ts';
import { type Phase1Result, trainPhase1 } from '../../../train/train-phase1.ts';
import type { Progress } from '../../../utils/progress.ts';
import type { CommandContext, CommandExit } from '../../define-command.ts';

/** Trains, with a bar of batches, and tells what came out. @throws what `trainPhase1` throws */
export async function runPhase1(config: Phase1Config, context: CommandContext): Promise<CommandExit> {
  const { signal, log: logger } = context;
  let progress: Progress | undefined;
  try {
    const result = await trainPhase1({
      ...{ ...config, signal, logger },
      onProgress({ batches, total, epoch, loss, rate, judged = 0 }) {
        // Batches of an earlier run are no work of this one: the time that is left is told by its own.
        progress ??= context.createProgress({ label: 'train', unit: 'batches', total, initial: batches - 1 });
        progress.update(batches, { epoch, loss, 'learning rate': rate, ...(judged > 0 && { judged }) });
      },
    });
    progress?.done();
    context.stdout(context.json ? result : formatResult(result, config));
    return 0;
  } finally {
    progress?.[Symbol.dispose]();
  }
}

function formatResult({ state, modelPath, card, record }: Phase1Result, { epochs }: Phase1Config): string {
  const { metrics, training, threshold } = card;
  const figure = (name: string) => metrics[name]?.toFixed(4) ?? 'none';
  const { epochs: done = 0, skippedPictures = 0 } = record.counts;
  const range = metrics['aucLow'] == null ? '' : ` (95 %: ${figure('aucLow')} to ${figure('aucHigh')})`;
  return [
    `${modelPath}${state === 'done' ? ', trained before' : ''}`,
    `  epoch ${training['bestEpoch']} of ${done}${done < (epochs ?? PHASE1_DEFAULTS.epochs) ? ', stopped early' : ''}`,
    `  AUC ${figure('auc')}${range}, average precision ${figure('averagePrecision')}, log loss ${figure('logLoss')}`,
    `  balanced accuracy ${figure('balancedAccuracy')}${threshold === null ? '' : ` at the threshold ${threshold.toFixed(4)}`}`,
    ...(skippedPictures > 0 ? [`  pictures left out: ${skippedPictures}, listed in record.json`] : []),
  ].join('\n');
}
