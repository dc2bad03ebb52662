import { defineCommand } from '../define-command.ts';
import { QUANTIZE_OPTIONS } from '../options/quantize.ts';

export const quantizeCommand = defineCommand({
  name: 'quantize',
  usage: 'MODEL --calibration TABLE|FOLDER --out FILE [options]',
  describe: 'Round a model to eight bits: a quarter of the size, up to three times as fast on the processor',
  details: [
    'Runs the model on some pictures to learn the ranges of its values, writes one that computes with whole numbers, and compares ' +
      'both on the same pictures: how many get the same class, how far apart their numbers are, and how long they take. Convolutions and ' +
      'products with stored weights are rounded, what lies between stays in single precision where it has to.',
    'The model card is written beside the new model where MODEL has one, so that predict patches takes it as it takes MODEL.',
  ],
  examples: [
    {
      command: 'quantize run/model.onnx --calibration train.csv --out run/model.int8.onnx',
      describe: 'with pictures that it was trained with',
    },
    {
      command: 'quantize mine.onnx --calibration pictures/ --calibration-method percentile --out mine.int8.onnx',
      describe: 'any model of pictures; outermost values are cut off',
    },
  ],
  inputs: 'any',
  options: QUANTIZE_OPTIONS,
  async run(args, context) {
    const { toQuantizeConfig } = await import('./quantize/quantize-config.ts');
    const { runQuantize } = await import('./quantize/run-quantize.ts');
    return runQuantize(toQuantizeConfig(args.inputs, args), context);
  },
});
