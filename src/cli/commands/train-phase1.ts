import { defineCommand } from '../define-command.ts';
import { TRAIN_PHASE1_OPTIONS } from '../options/train.ts';

export const trainPhase1Command = defineCommand({
  name: 'train phase1',
  usage: '--train TABLE --model MODEL --out DIR [options]',
  describe: 'Train a classifier of patches: any ONNX model, on the processor; graphics cards are untried',
  details: [
    'TABLE is a CSV with a row for each picture: path, label, and the patient or slide. Where there is no --validation, whole ' +
      'patients are put aside. Somebody in both tables ends the run before it begins.',
    'DIR gets model.onnx with the best weights, model.card.json (input, normalization, classes, threshold, figures), best and last ' +
      'checkpoints, metrics.jsonl, validation.csv, report.html (curves, figures, worst mistakes) and record.json. A training that ' +
      'was stopped or killed goes on with --resume, and ends with the same weights, bit for bit on the processor.',
    'With --fold all, DIR gets a folder like that for each fold, and report.html, folds.csv and folds.json of all of them.',
  ],
  examples: [
    { command: 'train phase1 --train train.csv --model resnet-tiny --out run/', describe: 'from scratch' },
    {
      command:
        'train phase1 --train train.csv --validation val.csv --model model.onnx --new-head --trained head --out run/',
      describe: 'a new last layer for a model of your own',
    },
    { command: 'train phase1 --train train.csv --model resnet18 --out run/ --resume', describe: 'begin, or go on' },
    {
      command: 'train phase1 --train train.csv --model resnet-tiny --fold all --out folds/',
      describe: 'five trainings, each judged by other patients',
    },
  ],
  inputs: 'none',
  options: TRAIN_PHASE1_OPTIONS,
  async run(args, context) {
    const { toPhase1Config } = await import('./train/phase1-config.ts');
    const config = toPhase1Config(args);
    const { fold, ...rest } = config;
    if (fold === 'all') {
      const { runFolds } = await import('./train/run-folds.ts');
      const { crossValidatePhase1 } = await import('../../train/cross-validate.ts');
      const train = (watching: object) => crossValidatePhase1({ ...rest, validation: undefined, ...watching });
      return runFolds(train, context, 'batches');
    }
    const { runTraining } = await import('./train/run-training.ts');
    const { PHASE1_DEFAULTS, trainPhase1 } = await import('../../train/train-phase1.ts');
    const epochs = config.epochs ?? PHASE1_DEFAULTS.epochs;
    return runTraining((watching) => trainPhase1({ ...rest, fold, ...watching }), context, { unit: 'batches', epochs });
  },
});
