import { defineCommand } from '../define-command.ts';
import { PREDICT_SLIDES_COMMAND_OPTIONS, toSlidesToEmbed } from '../options/predict-from-slides.ts';

export const predictSlidesCommand = defineCommand({
  name: 'predict slides',
  usage: '(FEATURES... | SLIDES... --backbone BACKBONE) --model MODEL --out DIR [options]',
  describe: 'Predict slides from the features of their patches: probability, confidence, and where the model looked',
  details: [
    'FEATURES are the folder or the features.csv that `embed` left, another CSV with columns slide and features, feature files of ' +
      'slideloom, CLAM, TRIDENT or STAMP, or folders of them. MODEL is what `train phase2` left, or any ONNX model that takes ' +
      'float32 [patches, features] and gives a number for each class.',
    'With --backbone the inputs are slides: they are embedded first, as `embed` does, to DIR/features.',
    'DIR gets predictions.csv with a row for each slide, whatever became of it; report.html and summary.json; slides/NAME.json; ' +
      'attention/NAME.csv and attention/NAME.geojson, which QuPath opens. A slide that is done is left as it is when the command ' +
      'is given again. For research use only.',
  ],
  examples: [
    {
      command: 'predict slides features/ --model run/model.onnx --out predictions/',
      describe: 'all slides of `embed`',
    },
    {
      command: 'predict slides features/ --model run/model.onnx --labels labels.csv --out predictions/',
      describe: 'with AUC, sensitivity, specificity and their report',
    },
    {
      command: 'predict slides slides/ --backbone uni.onnx --model run/model.onnx --out predictions/',
      describe: 'from the slides themselves',
    },
    {
      command:
        'predict slides h5_files/ --model mine.onnx --class-names normal,tumour --aggregate top-k --patch-span 512 --out out/',
      describe: "CLAM's files and any model, by the five most suspicious patches",
    },
  ],
  inputs: 'some',
  options: PREDICT_SLIDES_COMMAND_OPTIONS,
  async run(args, context) {
    const { toPredictSlidesConfig } = await import('./predict-slides/predict-slides-config.ts');
    const { runPredictSlides } = await import('./predict-slides/run-predict-slides.ts');
    const slides = toSlidesToEmbed(args.inputs, args);
    return runPredictSlides(toPredictSlidesConfig(args.inputs, args), context, slides);
  },
});
