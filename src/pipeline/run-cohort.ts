import { join } from 'node:path';
import type { PatchPool } from '../preprocessing/extract-patches/patch-stage.ts';
import { createPatchPool } from '../preprocessing/extract-patches.ts';
import { writeFileAtomic } from '../utils/atomic-file.ts';
import { createReportData } from './create-report.ts';
import { eachSlide } from './each-slide.ts';
import { checkLabelInputs } from './locate-labels.ts';
import { formatManifest } from './manifest.ts';
import type { PreparedStain } from './prepare-stain.ts';
import { renderReport } from './report/render-report.ts';
import { openRunFolder } from './run-folder.ts';
import { type RunStage, runSlide, type SlideRow, type SlideWork } from './run-slide.ts';
import type { SlideInput } from './slide-inputs.ts';

export interface CohortOptions extends SlideWork {
  /** From `resolveSlideInputs`. */
  readonly slides: readonly SlideInput[];
  /** Folder of the run: one folder a slide below it, and `manifest.csv`. */
  readonly out: string;
  /** Threads for patches; one a core by default. */
  readonly workers?: number | undefined;
  /** Most bytes of a worker for decoded tiles, a patch and its file. */
  readonly workerMemory?: number | undefined;
  /** Write `report.html` too. */
  readonly report?: boolean | undefined;
  readonly signal?: AbortSignal | undefined;
  readonly onEvent?: ((event: CohortEvent) => void) | undefined;
}

/** What happens during a run, for progress bars and logs. `slide` counts from 0. */
export type CohortEvent =
  /** Before the first slide, where the stains of a cohort are looked for. */
  | { readonly kind: 'stains'; readonly done: number; readonly total: number }
  | { readonly kind: 'slide-start'; readonly slide: number; readonly input: SlideInput }
  | {
      readonly kind: 'progress';
      readonly slide: number;
      readonly stage: RunStage;
      readonly done: number;
      readonly total: number;
    }
  | { readonly kind: 'slide-end'; readonly slide: number; readonly row: SlideRow };

export interface CohortResult {
  readonly out: string;
  /** One for each slide, in order. */
  readonly rows: readonly SlideRow[];
  /** Path of `manifest.csv`. */
  readonly manifest: string;
  /** Path of `report.html`, where one was asked for. */
  readonly report: string | undefined;
  readonly failed: number;
  readonly seconds: number;
}

/**
 * Takes slides through tissue detection and patch extraction, one after another, each patch stage on all cores. A slide
 * that fails does not stop the others. Running it again resumes: finished stages are left as they are.
 * @throws OptionError, OutputInUseError, OutputError for the run's own folder; AbortedError
 */
export async function runCohort(options: CohortOptions): Promise<CohortResult> {
  const clock = performance.now();
  if (options.labels) await checkLabelInputs(options.labels, options.slides.length);
  await using folder = await openRunFolder(options.out, options.signal);
  const { out, signal } = folder;
  const stain = await findStain(options, out, signal);
  const rows = await runSlides({ ...options, stain: stain?.options }, { out, signal, stain });
  folder.checkHeld();
  const failed = rows.filter((row) => row.status === 'failed').length;
  const seconds = (performance.now() - clock) / 1000;
  const manifest = join(out, 'manifest.csv');
  await writeFileAtomic(manifest, formatManifest(rows));
  if (!options.report) return { out, rows, manifest, report: undefined, failed, seconds };
  const report = join(out, 'report.html');
  await writeFileAtomic(report, renderReport(createReportData(out, rows, { work: options, seconds })));
  return { out, rows, manifest, report, failed, seconds };
}

/** Most runs have none. */
async function findStain(options: CohortOptions, out: string, signal: AbortSignal): Promise<PreparedStain | undefined> {
  if (!options.stain || options.patches === false) return undefined;
  const total = options.slides.length;
  const onFitted = (done: number) => options.onEvent?.({ kind: 'stains', done, total });
  const { prepareStain } = await import('./prepare-stain.ts');
  return prepareStain({ ...options, out, signal, onFitted });
}

interface RunFacts {
  readonly out: string;
  readonly signal: AbortSignal;
  readonly stain: PreparedStain | undefined;
}

async function runSlides(options: CohortOptions, { out, signal, stain }: RunFacts): Promise<SlideRow[]> {
  const { slides, onEvent, workers, workerMemory } = options;
  let pool: PatchPool | undefined;
  try {
    return await eachSlide<SlideRow>({ slides, signal, onEvent }, (input, slide) => {
      const notice = stain?.notices.get(input.id);
      return runSlide({
        ...options,
        input,
        ...(notice !== undefined && { notices: [notice] }),
        folder: join(out, input.id),
        signal,
        workerMemory,
        pool: () => (pool ??= createPatchPool({ workers, workerMemory })),
        onProgress: (stage, done, total) => onEvent?.({ kind: 'progress', slide, stage, done, total }),
      });
    });
  } finally {
    await pool?.close();
  }
}
