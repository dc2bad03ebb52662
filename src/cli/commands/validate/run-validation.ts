import { mergeSlideOptions } from '../../../pipeline/run-slide.ts';
import { resolveSlideInputs, type SlideInput } from '../../../pipeline/slide-inputs.ts';
import type { SlideValidation, TileFault } from '../../../preprocessing/validate-slide/validation.ts';
import { type CheckPool, createCheckPool, validateSlide } from '../../../preprocessing/validate-slide.ts';
import type { Progress } from '../../../utils/progress.ts';
import type { CommandContext, CommandExit } from '../../define-command.ts';
import { describeError, type ErrorDescription } from '../../describe-error.ts';
import type { toSlideOptions } from '../../options/slide.ts';
import { type BadTileTable, createBadTileTable } from './bad-tile-table.ts';
import { formatFailure, formatTotal, formatValidation } from './format-validation.ts';
import type { toValidateOptions } from './validate-options.ts';

export type ValidationSettings = ReturnType<typeof toSlideOptions> &
  ReturnType<typeof toValidateOptions> & { readonly out: string | undefined };

/** One slide of the report. */
export type ValidationEntry =
  | ({ readonly id: string } & SlideValidation)
  | { readonly id: string; readonly path: string; readonly status: 'failed'; readonly error: ErrorDescription };

/** What `validate --json` prints. */
export interface ValidationReport {
  readonly schema: 'slideloom/validation/v1';
  /** Those that were looked at, in order. */
  readonly slides: readonly ValidationEntry[];
  /** Slides by status. */
  readonly good: number;
  readonly bad: number;
  readonly stopped: number;
  /** Could not be opened, or the server failed. */
  readonly failed: number;
  /** False where an interrupt ended it. */
  readonly complete: boolean;
  /** The CSV of bad tiles. */
  readonly table: string | null;
}

/** Validates the slides one after the other. @throws OptionError where an input has no slides; OutputError for the table */
export async function runValidation(
  inputs: readonly string[],
  settings: ValidationSettings,
  context: CommandContext,
): Promise<CommandExit> {
  const slides = await resolveSlideInputs(inputs, { ...settings, onWarning: context.log.warn });
  let pool: CheckPool | undefined;
  const entries: ValidationEntry[] = [];
  await using table = settings.out === undefined ? undefined : await createBadTileTable(settings.out);
  try {
    for (const [index, input] of slides.entries()) {
      if (context.signal.aborted) break;
      const entry = await validateInput(input, {
        ...{ settings, context, table, place: `${index + 1}/${slides.length}` },
        pool: () => (pool ??= createCheckPool(settings.workers)),
      });
      entries.push(entry);
      if (!context.json) context.stdout(showEntry(entry));
    }
  } finally {
    await pool?.close();
  }
  await table?.finish();
  const report = createReport(entries, { wanted: slides.length, table });
  if (context.json) context.stdout(report);
  else for (const line of formatTotal(report, slides.length)) context.stdout(line);
  return report.bad + report.failed > 0 ? 1 : 0;
}

interface ValidationTask {
  readonly settings: ValidationSettings;
  readonly context: CommandContext;
  readonly table: BadTileTable | undefined;
  readonly pool: () => CheckPool;
  /** `3/12` */
  readonly place: string;
}

async function validateInput(input: SlideInput, task: ValidationTask): Promise<ValidationEntry> {
  const { settings, context, table, pool, place } = task;
  const { id, path, address = path } = input;
  const { sample, seed, compareLevels } = settings;
  let progress: Progress | undefined;
  try {
    const validation = await validateSlide(address, {
      ...{ sample, seed, compareLevels, pool },
      slide: mergeSlideOptions(settings.slide, input),
      signal: context.signal,
      onBadTile: (tile: TileFault) => table?.add(input, tile),
      onProgress(done, total) {
        progress ??= context.createProgress({ label: `${place} ${id}`, unit: 'tiles', total });
        progress.update(done);
      },
    });
    return { id, ...validation };
  } catch (error) {
    // What can't be written is no fault of the slide.
    if (table?.failure !== undefined) throw table.failure;
    context.log.debug(`${path} failed`, { error });
    return { id, path, status: 'failed', error: describeError(error) };
  } finally {
    progress?.done();
  }
}

function showEntry(entry: ValidationEntry): string {
  return `${entry.status === 'failed' ? formatFailure(entry) : formatValidation(entry)}\n`;
}

function createReport(
  entries: readonly ValidationEntry[],
  { wanted, table }: { wanted: number; table: BadTileTable | undefined },
): ValidationReport {
  const count = (status: ValidationEntry['status']) => entries.filter((entry) => entry.status === status).length;
  return {
    schema: 'slideloom/validation/v1',
    slides: entries,
    good: count('good'),
    bad: count('bad'),
    stopped: count('stopped'),
    failed: count('failed'),
    complete: entries.length === wanted && entries.every((entry) => entry.status === 'failed' || entry.complete),
    table: table?.path ?? null,
  };
}
