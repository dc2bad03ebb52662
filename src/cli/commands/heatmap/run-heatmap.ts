import { listFeatureSlides } from '../../../pipeline/find-scores.ts';
import {
  type HeatmapEvent,
  type HeatmapRow,
  type HeatmapSlidesOptions,
  type HeatmapSlidesResult,
  heatmapSlides,
} from '../../../pipeline/heatmap-slides.ts';
import { resolveSlideInputs } from '../../../pipeline/slide-inputs.ts';
import type { MppOption } from '../../../slide/mpp.ts';
import type { SlideOptions } from '../../../slide/settings.ts';
import { OptionError } from '../../../utils/errors.ts';
import type { CommandContext, CommandExit } from '../../define-command.ts';
import { nameFlags } from '../../options/convert.ts';
import { UsageError } from '../../usage-error.ts';
import { SlideDisplay } from '../cohort/slide-display.ts';

export interface HeatmapCommandSettings {
  readonly inputs: readonly string[];
  readonly mpp: MppOption | undefined;
  readonly mppCsv: string | undefined;
  readonly slide?: SlideOptions | undefined;
  readonly work: Omit<HeatmapSlidesOptions, 'slides' | 'slide' | 'signal' | 'logger' | 'onEvent'>;
}

/** Draws heatmaps, with a bar of tiles for each slide, and tells what came out. @throws what `heatmapSlides` throws */
export async function runHeatmap(settings: HeatmapCommandSettings, context: CommandContext): Promise<CommandExit> {
  const { log, signal } = context;
  const { features } = settings.work;
  const named =
    settings.inputs.length > 0 || features === undefined ? settings.inputs : await listFeatureSlides(features);
  if (named.length === 0)
    throw new UsageError(
      features === undefined ? 'heatmap needs slides' : `${features} does not say where its slides are`,
      {
        hint: 'usage: slideloom heatmap SLIDES... (--scores CSV|DIR | --features DIR --model MODEL) --out DIR',
      },
    );
  const slides = await resolveSlideInputs(named, { ...settings, onWarning: log.warn });
  using display = new HeatmapDisplay(slides.length, context);
  const onEvent = (event: HeatmapEvent) => display.show(event);
  try {
    const result = await heatmapSlides({
      ...settings.work,
      slide: settings.slide,
      slides,
      signal,
      logger: log,
      onEvent,
    });
    context.stdout(context.json ? result : formatResult(result));
    return result.failed > 0 ? 1 : 0;
  } catch (error) {
    throw error instanceof OptionError ? nameFlags({}, error) : error;
  }
}

export class HeatmapDisplay extends SlideDisplay {
  show(event: HeatmapEvent): void {
    if (event.kind === 'slide-start') this.begin(event.slide, event.input.id);
    else if (event.kind === 'slide-end') this.end(event.slide, event.row, describeRow(event.row));
    else {
      const label = `${this.place(event.slide)} overlay`;
      this.advance(event.done, { label, unit: 'tiles', total: event.total });
    }
  }
}

function formatResult({ rows, failed, table, seconds }: HeatmapSlidesResult): string {
  const lines = rows.map(
    (row) => `${row.id}: ${describeRow(row)}${row.error?.hint ? `\n  hint: ${row.error.hint}` : ''}`,
  );
  return [
    ...lines,
    '',
    `${rows.length - failed} of ${rows.length} slides, ${seconds.toFixed(1)} s`,
    `heatmaps  ${table}`,
  ].join('\n');
}

function describeRow({ status, state, patches, picture, overlay, sheet, badTiles, error }: HeatmapRow): string {
  if (status === 'failed') return `failed: ${error?.message}`;
  if (status === 'no-patches') return 'no patches';
  const files = [picture, overlay, sheet].filter((path) => path !== undefined);
  const parts = [state === 'done' ? 'already done' : 'done', `${patches} patches`, files.join(' ')];
  if (badTiles.length > 0) parts.push(`${badTiles.length} bad tiles`);
  return parts.join(', ');
}
