import { defineCommand } from '../define-command.ts';
import { PREDICT_PATCHES_OPTIONS } from '../options/predict.ts';

export const predictPatchesCommand = defineCommand({
  name: 'predict patches',
  usage: 'TABLE|FOLDER... --model MODEL --out DIR [options]',
  describe: 'Classify pictures with any ONNX model: a table of probabilities, and figures where labels are known',
  details: [
    'A TABLE is a CSV with a column path; all its columns are kept. A FOLDER has pictures (PNG, JPEG, WebP), or is the output of ' +
      'patches, or of run with many slides.',
    'DIR gets predictions.csv (probability of each class, the most probable one, what the threshold decides), summary.json (counts; ' +
      'AUC, accuracy, confusion where the table has labels), skipped.csv and record.json. A run that was stopped or killed goes on when ' +
      'it is started again, and ends with the same bytes.',
  ],
  examples: [
    {
      command: 'predict patches test.csv --model run/model.onnx --out predictions/',
      describe: 'a model that was trained here',
    },
    {
      command:
        'predict patches pictures/ --model mine.onnx --class-names normal,tumour --mean 0.5,0.5,0.5 --std 0.5,0.5,0.5 --out out/',
      describe: 'any model, without a card',
    },
    {
      command: 'predict patches out/ --model model.int8.onnx --threads 2 --on-bad-image skip --out predictions/',
      describe: 'the patches of all slides of a run, with eight bits',
    },
  ],
  inputs: 'any',
  options: PREDICT_PATCHES_OPTIONS,
  async run(args, context) {
    const { toClassifyConfig } = await import('./predict/classify-config.ts');
    const { runPredictPatches } = await import('./predict/run-predict-patches.ts');
    return runPredictPatches(toClassifyConfig(args.inputs, args), context);
  },
});
