import { join } from 'node:path';
import type { PredictSlidesConfig, PredictSlidesResult } from '../../../inference/predict-slides.ts';
import { type EmbedWork, embedAndPredict } from '../../../pipeline/embed-and-predict.ts';
import { resolveSlideInputs, type SlideInputOptions } from '../../../pipeline/slide-inputs.ts';
import type { SlideOptions } from '../../../slide/settings.ts';
import type { CommandContext } from '../../define-command.ts';
import { EmbedDisplay } from '../embed/run-embed.ts';

/** Slides in place of their features, and what makes these. */
export interface SlidesToEmbed extends Pick<SlideInputOptions, 'mpp' | 'mppCsv'> {
  readonly inputs: readonly string[];
  readonly slide: SlideOptions | undefined;
  readonly workers: number | undefined;
  readonly workerMemory: number | undefined;
  readonly embed: EmbedWork;
}

/** Features go to a folder `features` beside the predictions. @throws what `embedAndPredict` throws */
export async function predictFromSlides(
  { inputs, embed, ...given }: SlidesToEmbed,
  config: PredictSlidesConfig & { readonly model: string },
  context: CommandContext,
): Promise<PredictSlidesResult> {
  const { input: _input, out, onEvent, signal, logger, ...predict } = config;
  const slides = await resolveSlideInputs(inputs, { ...given, onWarning: context.log.warn });
  using display = new EmbedDisplay(slides.length, context);
  const { slide, workers, workerMemory } = given;
  const { predicted } = await embedAndPredict({
    ...{ slides, slide, workers, workerMemory, embed, predict, signal, logger },
    folders: { features: join(out, 'features'), predictions: out },
    onEmbed: (event) => display.show(event),
    onPredict: onEvent,
  });
  return predicted;
}
