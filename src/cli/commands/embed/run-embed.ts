import {
  type EmbedEvent,
  type EmbedRow,
  type EmbedSlidesOptions,
  type EmbedSlidesResult,
  embedSlides,
} from '../../../pipeline/embed-slides.ts';
import { resolveSlideInputs, type SlideInput } from '../../../pipeline/slide-inputs.ts';
import type { MppOption } from '../../../slide/mpp.ts';
import type { SlideOptions } from '../../../slide/settings.ts';
import { OptionError } from '../../../utils/errors.ts';
import type { CommandContext, CommandExit } from '../../define-command.ts';
import { nameFlags } from '../../options/convert.ts';
import { nameStainFlags } from '../../options/stain-options.ts';
import { SlideDisplay } from '../cohort/slide-display.ts';

export interface EmbedSettings {
  readonly inputs: readonly string[];
  readonly mpp: MppOption | undefined;
  readonly mppCsv: string | undefined;
  readonly slide?: SlideOptions | undefined;
  readonly dryRun: boolean;
  readonly work: Omit<EmbedSlidesOptions, 'slides' | 'slide' | 'signal' | 'logger' | 'onEvent'>;
}

/** Embeds slides, with a bar of patches for each, and tells what came out. @throws what `embedSlides` throws */
export async function runEmbed(settings: EmbedSettings, context: CommandContext): Promise<CommandExit> {
  const { log: logger, signal } = context;
  const slides = await resolveSlideInputs(settings.inputs, { ...settings, onWarning: logger.warn });
  if (settings.dryRun) return estimate(slides, settings, context);
  using display = new EmbedDisplay(slides.length, context);
  const onEvent = (event: EmbedEvent) => display.show(event);
  try {
    const result = await embedSlides({ ...settings.work, slide: settings.slide, slides, signal, logger, onEvent });
    context.stdout(context.json ? result : formatResult(result));
    return result.failed > 0 ? 1 : 0;
  } catch (error) {
    throw nameEmbedFlags(error);
  }
}

async function estimate(
  slides: readonly SlideInput[],
  { work, slide }: EmbedSettings,
  context: CommandContext,
): Promise<CommandExit> {
  const { log: logger, signal } = context;
  const [{ estimateEmbedding }, { showEstimates }] = await Promise.all([
    import('../../../pipeline/estimate-embedding.ts'),
    import('../cohort/estimate-cohort.ts'),
  ]);
  using progress = context.createProgress({ label: 'dry run', unit: 'slides', total: slides.length });
  try {
    const onSlide = (done: number) => progress.update(done);
    const estimates = await estimateEmbedding({ ...work, slides, slide, signal, logger }, onSlide);
    progress.done();
    return showEstimates(estimates, context);
  } catch (error) {
    throw nameEmbedFlags(error);
  }
}

/** Options of stains have flags with names of their own. */
function nameEmbedFlags(error: unknown): unknown {
  const named = nameStainFlags(error);
  return named === error && error instanceof OptionError ? nameFlags({}, error) : named;
}

export class EmbedDisplay extends SlideDisplay {
  show(event: EmbedEvent): void {
    if (event.kind === 'stains') {
      this.advance(event.done, { label: 'stains', unit: 'slides', total: event.total });
      if (event.done === event.total) this[Symbol.dispose]();
    } else if (event.kind === 'slide-start') this.begin(event.slide, event.input.id);
    else if (event.kind === 'slide-end') this.end(event.slide, event.row, describeRow(event.row));
    else {
      const label = `${this.place(event.slide)} features`;
      this.advance(event.done, { label, unit: 'patches', total: event.total });
    }
  }
}

function formatResult({ rows, failed, table, seconds }: EmbedSlidesResult): string {
  const lines = rows.map(
    (row) => `${row.id}: ${describeRow(row)}${row.error?.hint ? `\n  hint: ${row.error.hint}` : ''}`,
  );
  const patches = rows.reduce((sum, { counts }) => sum + (counts?.embedded ?? 0), 0);
  const done = `${rows.length - failed} of ${rows.length} slides, ${patches} patches, ${seconds.toFixed(1)} s`;
  return [...lines, '', done, `features  ${table}`].join('\n');
}

function describeRow({ status, state, counts, badTiles, error }: EmbedRow): string {
  if (status === 'failed') return `failed: ${error?.message}`;
  if (status === 'no-patches') return 'no patches';
  const parts = [
    state === 'done' ? 'already done' : 'done',
    `${counts?.embedded} patches`,
    `${counts?.dimension} features each`,
  ];
  if (counts && counts.skipped > 0) parts.push(`${counts.skipped} left out`);
  if (badTiles.length > 0) parts.push(`${badTiles.length} bad tiles`);
  return parts.join(', ');
}
