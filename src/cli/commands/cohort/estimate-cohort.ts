import { estimateSlide, type SlideEstimate } from '../../../pipeline/estimate.ts';
import { checkLabelInputs } from '../../../pipeline/locate-labels.ts';
import type { SlideWork } from '../../../pipeline/run-slide.ts';
import type { SlideInput } from '../../../pipeline/slide-inputs.ts';
import { formatSeconds } from '../../../utils/progress.ts';
import type { CommandContext, CommandExit } from '../../define-command.ts';

/** The dry run: finds tissue and cuts a few patches in memory to say what the real run would cost. */
export async function estimateCohort(
  slides: readonly SlideInput[],
  work: SlideWork & { workers: number | undefined; workerMemory: number | undefined; signal: AbortSignal },
  context: CommandContext,
): Promise<CommandExit> {
  if (work.labels) await checkLabelInputs(work.labels, slides.length);
  const stain = work.stain && (await resolveStain(work.stain));
  const estimates: SlideEstimate[] = [];
  using progress = context.createProgress({ label: 'dry run', unit: 'slides', total: slides.length });
  for (const slide of slides) {
    work.signal.throwIfAborted();
    estimates.push(await estimateSlide(slide, { ...work, stain }));
    progress.update(estimates.length);
  }
  progress.done();
  return showEstimates(estimates, context);
}

/** A line for each slide, and all together; 1 where a slide would fail. */
export function showEstimates(estimates: readonly SlideEstimate[], context: CommandContext): CommandExit {
  const total = {
    patches: sum(estimates, 'patches'),
    bytes: sum(estimates, 'bytes'),
    seconds: sum(estimates, 'seconds'),
  };
  if (context.json) context.stdout({ dryRun: true, slides: estimates, total });
  else context.stdout([...estimates.map(formatEstimate), '', `together: ${formatCost(total)}`].join('\n'));
  return estimates.some(({ error }) => error) ? 1 : 0;
}

/** A target or a source that is not there, or has no stains, is told before the run; no slide looks for them again. */
async function resolveStain(stain: NonNullable<SlideWork['stain']>): Promise<SlideWork['stain']> {
  const { resolveProfiles } = await import('../../../pipeline/prepare-stain.ts');
  return resolveProfiles(stain);
}

function sum(estimates: readonly SlideEstimate[], key: 'patches' | 'bytes' | 'seconds'): number {
  return estimates.reduce((total, estimate) => total + estimate[key], 0);
}

function formatEstimate(estimate: SlideEstimate): string {
  const { id, error, tissueFraction } = estimate;
  if (error) return `${id}: would fail: ${error.message}${error.hint ? `\n  hint: ${error.hint}` : ''}`;
  const tissue = tissueFraction === undefined ? '' : `tissue ${(tissueFraction * 100).toFixed(1)} %, `;
  return `${id}: ${tissue}${formatCost(estimate)}`;
}

function formatCost({ patches, bytes, seconds }: { patches: number; bytes: number; seconds: number }): string {
  return `${patches} patches, about ${(bytes / 1e6).toFixed(1)} MB, ${formatSeconds(seconds)}`;
}
