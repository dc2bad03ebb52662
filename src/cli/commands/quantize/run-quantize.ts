import { type QuantizeConfig, type QuantizeResult, quantize } from '../../../inference/quantize.ts';
import type { CommandContext, CommandExit } from '../../define-command.ts';
import { runOnPictures } from '../predict/run-on-pictures.ts';
import { FLAGS } from './quantize-config.ts';

/** Quantises a model and tells how far it is from the one it was made of. @throws what `quantize` throws */
export async function runQuantize(config: QuantizeConfig, context: CommandContext): Promise<CommandExit> {
  const how = { label: 'quantize', flags: FLAGS };
  const result = await runOnPictures(context, how, (parts) => quantize({ ...config, ...parts }));
  context.stdout(context.json ? result : formatResult(result));
  return 0;
}

function formatResult({ modelPath, bytes, comparison, quantizedNodes, candidates }: QuantizeResult): string {
  const { pictures, agreement, largestDifference, outputRange, milliseconds } = comparison;
  const megabytes = (size: number) => (size / 1e6).toFixed(2);
  const { original, quantized } = milliseconds;
  return [
    modelPath,
    `  ${quantizedNodes} of ${candidates} convolutions and products with eight bits`,
    `  ${megabytes(bytes.quantized)} MB, was ${megabytes(bytes.original)} MB`,
    `  same class for ${(100 * agreement).toFixed(2)} % of ${pictures} pictures`,
    `  largest difference ${largestDifference.toPrecision(3)}, in a range of ${outputRange.toPrecision(3)}`,
    `  ${quantized.toFixed(2)} ms a picture, was ${original.toFixed(2)} ms`,
  ].join('\n');
}
