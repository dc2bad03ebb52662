import { type CohortEvent, type CohortResult, runCohort } from '../../../pipeline/run-cohort.ts';
import type { SlideRow, SlideWork } from '../../../pipeline/run-slide.ts';
import { resolveSlideInputs, type SlideInput } from '../../../pipeline/slide-inputs.ts';
import type { MppOption } from '../../../slide/mpp.ts';
import type { SlideOptions } from '../../../slide/settings.ts';
import type { CommandContext, CommandExit } from '../../define-command.ts';
import { nameStainFlags } from '../../options/stain-options.ts';
import { estimateCohort } from './estimate-cohort.ts';
import { SlideDisplay } from './slide-display.ts';

export interface CohortSettings {
  readonly inputs: readonly string[];
  readonly mpp: MppOption | undefined;
  readonly mppCsv: string | undefined;
  /** How slides are opened, but for their pixel size. */
  readonly slide?: SlideOptions | undefined;
  readonly out: string;
  readonly workers: number | undefined;
  readonly workerMemory: number | undefined;
  readonly dryRun: boolean;
  readonly work: SlideWork;
  /** Write `report.html`. */
  readonly report: boolean;
}

/** The common body of `tissue`, `patches` and `run`. */
export async function runCohortCommand(settings: CohortSettings, context: CommandContext): Promise<CommandExit> {
  try {
    return await (settings.dryRun ? estimateInputs(settings, context) : runInputs(settings, context));
  } catch (error) {
    throw nameStainFlags(error);
  }
}

function resolveInputs(settings: CohortSettings, { log }: CommandContext): Promise<SlideInput[]> {
  return resolveSlideInputs(settings.inputs, { ...settings, onWarning: log.warn });
}

async function estimateInputs(settings: CohortSettings, context: CommandContext): Promise<CommandExit> {
  const { work, slide, workers, workerMemory } = settings;
  const slides = await resolveInputs(settings, context);
  return estimateCohort(slides, { ...work, slide, workers, workerMemory, signal: context.signal }, context);
}

async function runInputs(settings: CohortSettings, context: CommandContext): Promise<CommandExit> {
  const { work, slide, out, workers, workerMemory, report } = settings;
  const slides = await resolveInputs(settings, context);
  using display = new CohortDisplay(slides.length, context);
  const { signal } = context;
  const onEvent = (event: CohortEvent) => display.show(event);
  const result = await runCohort({ ...work, slide, slides, out, workers, workerMemory, signal, onEvent, report });
  showResult(result, context);
  return result.failed > 0 ? 1 : 0;
}

/** Turns events into progress bars for labels and patches and a line for each slide. */
class CohortDisplay extends SlideDisplay {
  show(event: CohortEvent): void {
    if (event.kind === 'stains') {
      this.advance(event.done, { label: 'stains', unit: 'slides', total: event.total });
      if (event.done === event.total) this[Symbol.dispose]();
    } else if (event.kind === 'slide-start') this.begin(event.slide, event.input.id);
    else if (event.kind === 'slide-end') this.end(event.slide, event.row, describeRow(event.row));
    else if (event.stage === 'labels') {
      const label = `${this.place(event.slide)} labels`;
      this.advance(event.done, { label, unit: 'patches', total: event.total });
      if (event.done === event.total) this[Symbol.dispose]();
    } else if (event.stage === 'patches') {
      // Before the first patch is cut `done` counts what an earlier run finished.
      const label = `${this.place(event.slide)} patches`;
      this.advance(event.done, { label, unit: 'patches', total: event.total, initial: event.done });
    }
  }
}

function showResult(result: CohortResult, { json, stdout }: CommandContext): void {
  if (json) {
    stdout(result);
    return;
  }
  const { rows, failed, manifest, report, seconds } = result;
  const lines = rows.map((row) => `${row.id}: ${describeRow(row)}${describeHint(row)}`);
  const patches = rows.reduce((sum, row) => sum + (row.patches?.written ?? 0), 0);
  const done = `${rows.length - failed} of ${rows.length} slides, ${patches} patches, ${seconds.toFixed(1)} s`;
  stdout([...lines, '', done, `manifest  ${manifest}`, ...(report ? [`report    ${report}`] : [])].join('\n'));
}

function describeRow({ status, state, tissue, patches, error, badTiles }: SlideRow): string {
  if (status === 'failed') return `failed: ${error?.message}`;
  const parts = [status === 'no-tissue' ? 'no tissue' : state === 'done' ? 'already done' : 'done'];
  if (tissue) parts.push(`tissue ${(tissue.fraction * 100).toFixed(1)} %`);
  if (patches) parts.push(`${patches.written} patches`);
  const kept = patches?.stains?.filter(({ stain }) => stain !== 'normalized') ?? [];
  const keeping = kept.reduce((sum, one) => sum + one.patches, 0);
  if (keeping > 0) parts.push(`${keeping} in their own colours`);
  if (patches && patches.skipped > 0) parts.push(`${patches.skipped} left out`);
  if (badTiles.length > 0) parts.push(`${badTiles.length} bad tiles`);
  return parts.join(', ');
}

function describeHint({ error }: SlideRow): string {
  return error?.hint ? `\n  hint: ${error.hint}` : '';
}
