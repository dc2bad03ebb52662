import { checkModelFiles } from '../../../pipeline/embed-and-predict.ts';
import { estimateEmbedding } from '../../../pipeline/estimate-embedding.ts';
import { type ModelRunRow, nameModelRunFolders } from '../../../pipeline/run-models/join-rows.ts';
import {
  type ModelRunEvent,
  type ModelRunOptions,
  type ModelRunResult,
  runModels,
} from '../../../pipeline/run-models.ts';
import { resolveSlideInputs } from '../../../pipeline/slide-inputs.ts';
import type { MppOption } from '../../../slide/mpp.ts';
import { OptionError } from '../../../utils/errors.ts';
import type { CommandContext, CommandExit } from '../../define-command.ts';
import { nameFlags } from '../../options/convert.ts';
import { nameStainFlags } from '../../options/stain-options.ts';
import { showEstimates } from '../cohort/estimate-cohort.ts';
import { ModelRunDisplay } from './model-run-display.ts';

export interface ModelRunSettings {
  readonly inputs: readonly string[];
  readonly mpp: MppOption | undefined;
  readonly mppCsv: string | undefined;
  readonly dryRun: boolean;
  readonly work: Omit<ModelRunOptions, 'slides' | 'signal' | 'logger' | 'onEvent'>;
}

/** The body of `run --model`. @throws what `runModels` throws */
export async function runModelsCommand(settings: ModelRunSettings, context: CommandContext): Promise<CommandExit> {
  const { log: logger, signal } = context;
  const slides = await resolveSlideInputs(settings.inputs, { ...settings, onWarning: logger.warn });
  const work = { ...settings.work, slides, signal, logger };
  try {
    if (settings.dryRun) return await estimate(work, context);
    using display = new ModelRunDisplay(slides.length, context);
    const result = await runModels({ ...work, onEvent: (event: ModelRunEvent) => display.show(event) });
    context.stdout(context.json ? result : formatResult(result));
    return result.failed > 0 ? 1 : 0;
  } catch (error) {
    const named = nameStainFlags(error);
    throw named === error && error instanceof OptionError ? nameFlags({ classes: 'classNames' }, error) : named;
  }
}

/** Features are what costs: the rest is seconds. */
async function estimate(options: ModelRunOptions, context: CommandContext): Promise<CommandExit> {
  const { embed, predict, slides, slide, workers, workerMemory, out, signal, logger } = options;
  if (predict) await checkModelFiles({ embed, predict, folders: nameModelRunFolders(out), logger });
  using progress = context.createProgress({ label: 'dry run', unit: 'slides', total: slides.length });
  const run = { ...embed, slides, slide, workers, workerMemory, out, signal, logger };
  const estimates = await estimateEmbedding(run, (done) => progress.update(done));
  progress.done();
  return showEstimates(estimates, context);
}

function formatResult({ rows, failed, manifest, report, seconds }: ModelRunResult): string {
  const lines = rows.map((row) => {
    const hint = row.error?.hint === undefined ? '' : `\n  hint: ${row.error.hint}`;
    return `${row.id}: ${describeRow(row)}${hint}`;
  });
  const patches = rows.reduce((sum, row) => sum + (row.patches ?? 0), 0);
  const done = `${rows.length - failed} of ${rows.length} slides, ${patches} patches, ${seconds.toFixed(1)} s`;
  return [...lines, '', done, `manifest  ${manifest}`, `report    ${report}`].join('\n');
}

function describeRow({ status, state, verdict, patches, error }: ModelRunRow): string {
  if (status === 'failed') return `failed: ${error?.message}`;
  if (status === 'no-patches') return 'no patches';
  const parts = [state === 'done' ? 'already done' : 'done', `${patches} patches`];
  return verdict ? `${verdict.predicted} (${verdict.confidence.toFixed(3)}), ${parts.join(', ')}` : parts.join(', ');
}
