import { type ClassifyConfig, classify } from '../../../inference/classify.ts';
import { OptionError } from '../../../utils/errors.ts';
import type { Progress } from '../../../utils/progress.ts';
import type { CommandContext, CommandExit } from '../../define-command.ts';
import { nameFlags } from '../../options/convert.ts';
import { FLAGS } from './classify-config.ts';
import { formatPredictions } from './format-predictions.ts';

/** Classifies, with a bar of pictures, and tells what came out. @throws what `classify` throws */
export async function runPredictPatches(config: ClassifyConfig, context: CommandContext): Promise<CommandExit> {
  const { signal, log: logger } = context;
  let progress: Progress | undefined;
  try {
    const result = await classify({
      ...{ ...config, signal, logger },
      onProgress({ done, total }) {
        progress ??= context.createProgress({ label: 'predict', unit: 'pictures', total, initial: done });
        progress.update(done);
      },
    });
    progress?.done();
    context.stdout(context.json ? result : formatPredictions(result));
    return 0;
  } catch (error) {
    throw error instanceof OptionError ? nameFlags(FLAGS, error) : error;
  } finally {
    progress?.[Symbol.dispose]();
  }
}
