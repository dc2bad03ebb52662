import { type PredictSlidesConfig, type PredictSlidesEvent, predictSlides } from '../../../inference/predict-slides.ts';
import { OptionError } from '../../../utils/errors.ts';
import type { Progress } from '../../../utils/progress.ts';
import type { CommandContext, CommandExit } from '../../define-command.ts';
import { nameFlags } from '../../options/convert.ts';
import { nameStainFlags } from '../../options/stain-options.ts';
import { describeRow, formatSlides } from './format-slides.ts';
import { predictFromSlides, type SlidesToEmbed } from './predict-from-slides.ts';
import { FLAGS } from './predict-slides-config.ts';

/**
 * Predicts slides, with a bar of them, and tells what came out.
 * @param slides in place of features: they are embedded first
 * @throws what `predictSlides` and `embedAndPredict` throw
 */
export async function runPredictSlides(
  config: PredictSlidesConfig & { readonly model: string },
  context: CommandContext,
  slides?: SlidesToEmbed,
): Promise<CommandExit> {
  const { signal, log: logger } = context;
  let progress: Progress | undefined;
  const onEvent = (event: PredictSlidesEvent) => {
    progress ??= context.createProgress({ label: 'predict', unit: 'slides', total: event.total });
    if (event.kind === 'slide-start') return;
    progress.update(event.index + 1);
    const { row } = event;
    const said = `${event.index + 1}/${event.total} ${row.slide}: ${describeRow(row)}`;
    if (row.status === 'done') logger.info(said, { slide: row.slide });
    else logger.warn(said, { slide: row.slide });
  };
  try {
    const work = { ...config, signal, logger, onEvent };
    const result = await (slides ? predictFromSlides(slides, work, context) : predictSlides(work));
    progress?.done();
    context.stdout(context.json ? result : formatSlides(result));
    return result.failed > 0 ? 1 : 0;
  } catch (error) {
    const named = nameStainFlags(error);
    throw named === error && error instanceof OptionError ? nameFlags(FLAGS, error) : named;
  } finally {
    progress?.[Symbol.dispose]();
  }
}
