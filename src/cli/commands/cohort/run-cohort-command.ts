import { type CohortEvent, type CohortResult, runCohort } from '../../../pipeline/run-cohort.ts';
import type { SlideRow, SlideWork } from '../../../pipeline/run-slide.ts';
import { resolveSlideInputs, type SlideInput } from '../../../pipeline/slide-inputs.ts';
import type { MppOption } from '../../../slide/mpp.ts';
import type { SlideOptions } from '../../../slide/settings.ts';
import type { Progress } from '../../../utils/progress.ts';
import type { CommandContext, CommandExit } from '../../define-command.ts';
import { nameStainFlags } from '../../options/stain-options.ts';
import { estimateCohort } from './estimate-cohort.ts';

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
class CohortDisplay implements Disposable {
  readonly #slides: number;
  readonly #context: CommandContext;
  #progress: Progress | undefined;

  constructor(slides: number, context: CommandContext) {
    this.#slides = slides;
    this.#context = context;
  }

  show(event: CohortEvent): void {
    const { log, createProgress } = this.#context;
    if (event.kind === 'stains') {
      this.#progress ??= createProgress({ label: 'stains', unit: 'slides', total: event.total });
      this.#progress.update(event.done);
      if (event.done === event.total) this[Symbol.dispose]();
      return;
    }
    const place = `${event.slide + 1}/${this.#slides}`;
    if (event.kind === 'slide-start') log.info(`${place} ${event.input.id}`);
    else if (event.kind === 'slide-end') this.#endSlide(place, event.row);
    else if (event.stage === 'labels') {
      this.#progress ??= createProgress({ label: `${place} labels`, unit: 'patches', total: event.total });
      this.#progress.update(event.done);
      if (event.done === event.total) this[Symbol.dispose]();
    } else if (event.stage === 'patches') {
      // Before the first patch is cut `done` counts what an earlier run finished.
      const options = { label: `${place} patches`, unit: 'patches', total: event.total, initial: event.done };
      this.#progress ??= createProgress(options);
      this.#progress.update(event.done);
    }
  }

  #endSlide(place: string, row: SlideRow): void {
    this[Symbol.dispose]();
    const { log } = this.#context;
    const said = `${place} ${row.id}: ${describeRow(row)}`;
    for (const notice of row.notices) log.notice(`${place} ${row.id}: ${notice}`, { slide: row.id });
    if (row.status === 'failed') log.warn(said, { slide: row.id });
    else if (row.badTiles.length > 0) log.warn(`${said}, ${row.badTiles.length} bad tiles`, { slide: row.id });
    else log.info(said, { slide: row.id });
  }

  [Symbol.dispose](): void {
    this.#progress?.done();
    this.#progress = undefined;
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
