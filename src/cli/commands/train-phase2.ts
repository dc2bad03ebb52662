import { defineCommand } from '../define-command.ts';
import { TRAIN_PHASE2_OPTIONS } from '../options/train.ts';

export const trainPhase2Command = defineCommand({
  name: 'train phase2',
  usage: '--features DIR --labels TABLE --model MODEL --out DIR [options]',
  describe: 'Train a classifier of slides from the features of their patches, on the processor',
  details: [
    'The labels are a CSV with a row for each slide: slide, label, and the patient (or slide_id, case_id and label, as CLAM has ' +
      'them). Slides of --features have the same names. Whole patients are put aside to judge by, unless there is --validation. ' +
      'Somebody on both sides, features of two sizes or models, and a fold without slides of a class end the run before it begins.',
    'DIR gets model.onnx with the best weights, model.card.json (classes, temperature, threshold, figures), best and last ' +
      'checkpoints, metrics.jsonl, validation.csv, slides.csv (what became of each slide), report.html and record.json. ' +
      'Probabilities are calibrated by a temperature, and the threshold is chosen, on the validation slides. A training that was ' +
      'stopped or killed goes on with --resume, and ends with the same weights, bit for bit.',
    'With --fold all, DIR gets a folder like that for each fold, and report.html, folds.csv and folds.json of all of them.',
  ],
  examples: [
    {
      command: 'train phase2 --features features/ --labels labels.csv --model abmil --out run/',
      describe: 'attention, judged by a fifth of the patients',
    },
    {
      command: 'train phase2 --features features/ --labels labels.csv --model clam-sb --fold all --out folds/',
      describe: 'CLAM, five trainings, each judged by other patients',
    },
    {
      command:
        'train phase2 --features features/ --labels labels.csv --model gated-abmil --max-patches 2000 --out run/ --resume',
      describe: 'begin, or go on; at most 2,000 patches of a slide in a step',
    },
  ],
  inputs: 'none',
  options: TRAIN_PHASE2_OPTIONS,
  async run(args, context) {
    const { toPhase2Config } = await import('./train/phase2-config.ts');
    const config = toPhase2Config(args);
    const { fold, ...rest } = config;
    if (fold === 'all') {
      const { runFolds } = await import('./train/run-folds.ts');
      const { crossValidatePhase2 } = await import('../../train/cross-validate.ts');
      const train = (watching: object) => crossValidatePhase2({ ...rest, validation: undefined, ...watching });
      return runFolds(train, context, 'slides');
    }
    const { runTraining } = await import('./train/run-training.ts');
    const { PHASE2_DEFAULTS, trainPhase2 } = await import('../../train/train-phase2.ts');
    const epochs = config.epochs ?? PHASE2_DEFAULTS.epochs;
    return runTraining((watching) => trainPhase2({ ...rest, fold, ...watching }), context, { unit: 'slides', epochs });
  },
});
