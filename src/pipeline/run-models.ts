import { join } from 'node:path';
import { resolveLook } from '../inference/heatmap/options.ts';
import type { PredictSlidesEvent, PredictSlidesResult } from '../inference/predict-slides.ts';
import { writeFileAtomic } from '../utils/atomic-file.ts';
import { embedAndPredict } from './embed-and-predict.ts';
import { type EmbedEvent, embedSlides } from './embed-slides.ts';
import { type HeatmapSlidesResult, heatmapSlides } from './heatmap-slides.ts';
import { openRunFolder } from './run-folder.ts';
import { formatModelManifest } from './run-models/format-manifest.ts';
import { joinRows, type ModelRunRow, type ModelRunStages, nameModelRunFolders } from './run-models/join-rows.ts';
import type { ModelRunOptions } from './run-models/options.ts';
import { renderModelRun } from './run-models/render-model-run.ts';

export type { ModelRunEvent, ModelRunOptions } from './run-models/options.ts';

export interface ModelRunResult {
  readonly out: string;
  /** One for each slide, in order. */
  readonly rows: readonly ModelRunRow[];
  /** Path of `manifest.csv`. */
  readonly manifest: string;
  /** Path of `report.html`. */
  readonly report: string;
  readonly failed: number;
  readonly seconds: number;
}

/**
 * The whole road: slides to tissue, features, predictions of slides and heatmaps, and one report of all. A slide that fails does
 * not stop the others. Running it again resumes: what is done is left as it is.
 * @throws OptionError, ModelError, SessionError; DatasetError where the models don't fit each other; OutputError and
 *   OutputInUseError for the run's own folders; AbortedError
 */
export async function runModels(options: ModelRunOptions): Promise<ModelRunResult> {
  if (options.heatmaps) resolveLook(options.heatmaps);
  const clock = performance.now();
  await using folder = await openRunFolder(options.out, options.signal);
  const { out, signal } = folder;
  const stages = await runStages({ ...options, out, signal });
  folder.checkHeld();
  const rows = joinRows(options.slides, stages);
  const failed = rows.filter(({ status }) => status === 'failed').length;
  const classes = stages.predicted?.summary.classes ?? [];
  const [manifest, report] = [join(out, 'manifest.csv'), join(out, 'report.html')];
  await writeFileAtomic(manifest, formatModelManifest(rows, classes));
  const seconds = (performance.now() - clock) / 1000;
  await writeFileAtomic(report, renderModelRun({ out, rows, options, stages, seconds }));
  return { out, rows, manifest, report, failed, seconds };
}

async function runStages(options: ModelRunOptions): Promise<ModelRunStages> {
  const { embed, predict, out, slides, slide, workers, workerMemory, signal, logger, onEvent } = options;
  const run = { slides, slide, workers, workerMemory, signal, logger };
  const folders = nameModelRunFolders(out);
  const onEmbed = (event: EmbedEvent) => onEvent?.({ stage: 'embed', event });
  if (!predict) {
    const embedded = await embedSlides({ ...embed, ...run, out: folders.features, onEvent: onEmbed });
    return { embedded, predicted: undefined, drawn: undefined };
  }
  const onPredict = (event: PredictSlidesEvent) => onEvent?.({ stage: 'predict', event });
  const done = await embedAndPredict({ ...run, embed, predict, folders, onEmbed, onPredict });
  const { embedded, predicted, hasScores } = done;
  return { embedded, predicted, drawn: hasScores ? await drawHeatmaps(options, predicted) : undefined };
}

/** Of slides that were predicted, by what the predictions left of their patches; like these they replace what another model left. */
async function drawHeatmaps(
  { heatmaps, slides, slide, out, signal, onEvent }: ModelRunOptions,
  predicted: PredictSlidesResult,
): Promise<HeatmapSlidesResult | undefined> {
  if (heatmaps === false) return undefined;
  const scored = new Set(predicted.rows.filter(({ status }) => status === 'done').map((row) => row.slide));
  const shown = slides.filter(({ id }) => scored.has(id));
  if (shown.length === 0) return undefined;
  return heatmapSlides({
    ...heatmaps,
    overwrite: heatmaps?.overwrite || 'own',
    slides: shown,
    slide,
    out: nameModelRunFolders(out).heatmaps,
    scores: join(predicted.out, 'attention'),
    signal,
    onEvent: (event) => onEvent?.({ stage: 'heatmap', event }),
  });
}
