import { OptionError } from '../../../utils/errors.ts';
import { formatSeconds } from '../../../utils/progress.ts';
import { type ExportEstimate, estimateExport } from '../../../viewer/export/estimate-export.ts';
import { type ExportResult, exportSlides } from '../../../viewer/export/export-slides.ts';
import type { ExportConfig, ExportEvent, ExportRow } from '../../../viewer/export/options.ts';
import type { CommandContext, CommandExit } from '../../define-command.ts';
import { nameFlags } from '../../options/convert.ts';
import { SlideDisplay } from '../cohort/slide-display.ts';

/** Options of the library that have another name here. */
const FLAGS = { method: 'stain', target: 'stainTarget' } as const;

/** Writes the folder, or says what it would cost. @throws UsageError, and what `exportSlides` throws */
export async function runExport(
  { config, dryRun }: { readonly config: ExportConfig; readonly dryRun: boolean },
  context: CommandContext,
): Promise<CommandExit> {
  try {
    return await (dryRun ? showEstimates(config, context) : writeExport(config, context));
  } catch (error) {
    throw error instanceof OptionError ? nameFlags(FLAGS, error) : error;
  }
}

async function writeExport(config: ExportConfig, context: CommandContext): Promise<CommandExit> {
  const { log, signal } = context;
  let display: ExportDisplay | undefined;
  const onEvent = (event: ExportEvent) => {
    if (event.kind === 'slide-start') display ??= new ExportDisplay(event.slides, context);
    display?.show(event);
  };
  const result = await exportSlides({ ...config, signal, onEvent }).finally(() => display?.[Symbol.dispose]());
  for (const path of result.outside)
    log.warn(`${path}: a link leads out of its folder, and is not written but with --follow-links`);
  context.stdout(context.json ? result : formatResult(result));
  return result.failed > 0 ? 1 : 0;
}

class ExportDisplay extends SlideDisplay {
  show(event: ExportEvent): void {
    if (event.kind === 'slide-start') this.begin(event.slide, event.id);
    else if (event.kind === 'slide-end') this.end(event.slide, event.row, describeRow(event.row));
    else this.advance(event.done, { label: this.place(event.slide), unit: 'files', total: event.total });
  }
}

async function showEstimates(config: ExportConfig, context: CommandContext): Promise<CommandExit> {
  using bar = createBar(context);
  const estimates = await estimateExport({ ...config, signal: context.signal, onSlide: bar.update });
  bar[Symbol.dispose]();
  const total = { files: sum(estimates, 'files'), bytes: sum(estimates, 'bytes'), seconds: sum(estimates, 'seconds') };
  const lines = estimates.map(({ id, error, ...cost }) =>
    error ? `${id}: would fail: ${error.message}${formatHint(error.hint)}` : `${id}: ${formatCost(cost)}`,
  );
  context.stdout(
    context.json
      ? { dryRun: true, slides: estimates, total }
      : [...lines, '', `together: ${formatCost(total)}`].join('\n'),
  );
  return estimates.some(({ error }) => error) ? 1 : 0;
}

/** How many slides there are is known with the first. */
function createBar(context: CommandContext) {
  let progress: ReturnType<CommandContext['createProgress']> | undefined;
  return {
    update(done: number, total: number) {
      progress ??= context.createProgress({ label: 'dry run', unit: 'slides', total });
      progress.update(done);
    },
    [Symbol.dispose]() {
      progress?.done();
      progress = undefined;
    },
  };
}

function sum(estimates: readonly ExportEstimate[], key: 'files' | 'bytes' | 'seconds'): number {
  return estimates.reduce((total, estimate) => total + estimate[key], 0);
}

function formatCost({ files, bytes, seconds }: { files: number; bytes: number; seconds: number }): string {
  return `${files} files, about ${formatMegabytes(bytes)}, ${formatSeconds(seconds)}`;
}

function formatMegabytes(bytes: number): string {
  return `${(bytes / 1e6).toFixed(1)} MB`;
}

function formatHint(hint: string | undefined): string {
  return hint === undefined ? '' : `\n  hint: ${hint}`;
}

function describeRow({ status, state, files, bytes, badTiles, error }: ExportRow): string {
  if (status === 'failed') return `failed: ${error?.message}`;
  const parts = [state === 'done' ? 'already done' : 'done', `${files} files`, formatMegabytes(bytes)];
  if (badTiles.length > 0) parts.push(`${badTiles.length} bad tiles left out`);
  return parts.join(', ');
}

function formatResult({ rows, failed, out, seconds }: ExportResult): string {
  const lines = rows.map((row) => `${row.id}: ${describeRow(row)}${formatHint(row.error?.hint)}`);
  const done = rows.length - failed;
  return [...lines, '', `${done} of ${rows.length} slides, ${seconds.toFixed(1)} s`, `export  ${out}`].join('\n');
}
