import { type ClassifyConfig, classify } from '../../../inference/classify.ts';
import type { CommandContext, CommandExit } from '../../define-command.ts';
import { CLASSIFIER_FLAGS } from '../../options/predict/model.ts';
import { formatPredictions } from './format-predictions.ts';
import { runOnPictures } from './run-on-pictures.ts';

/** Classifies, with a bar of pictures, and tells what came out. @throws what `classify` throws */
export async function runPredictPatches(config: ClassifyConfig, context: CommandContext): Promise<CommandExit> {
  const how = { label: 'predict', flags: CLASSIFIER_FLAGS };
  const result = await runOnPictures(context, how, (parts) => classify({ ...config, ...parts }));
  context.stdout(context.json ? result : formatPredictions(result));
  return 0;
}
