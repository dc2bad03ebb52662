import { join } from 'node:path';
import type { SlideVerdict } from '../../inference/predict-slides/slide-row.ts';
import type { PredictSlidesResult } from '../../inference/predict-slides.ts';
import type { EmbedRow, EmbedSlidesResult } from '../embed-slides.ts';
import type { HeatmapRow, HeatmapSlidesResult } from '../heatmap-slides.ts';
import type { SlideError } from '../run-slide.ts';
import type { SlideInput } from '../slide-inputs.ts';

/** Below the run's folder. */
export const MODEL_RUN_FOLDERS = { features: 'features', predictions: 'predictions', heatmaps: 'heatmaps' } as const;

/** Their paths. */
export function nameModelRunFolders(out: string): Record<keyof typeof MODEL_RUN_FOLDERS, string> {
  const { features, predictions, heatmaps } = MODEL_RUN_FOLDERS;
  return { features: join(out, features), predictions: join(out, predictions), heatmaps: join(out, heatmaps) };
}

/** What the stages of a run left. */
export interface ModelRunStages {
  readonly embedded: EmbedSlidesResult;
  readonly predicted: PredictSlidesResult | undefined;
  readonly drawn: HeatmapSlidesResult | undefined;
}

/** What a slide went through when it failed. */
export type ModelRunStage = 'embed' | 'predict' | 'heatmap';

/** One row of the manifest: every slide of a run gets one, whatever becomes of it. Files are below the run's folder. */
export interface ModelRunRow {
  readonly id: string;
  readonly path: string;
  readonly status: 'done' | 'no-patches' | 'failed';
  /** Whether anything was done now; `done` where an earlier run had finished all. */
  readonly state: 'fresh' | 'done';
  readonly patches: number | undefined;
  readonly features: string | undefined;
  /** Undefined where there is no classifier of slides, or the slide has no patches or failed. */
  readonly verdict: SlideVerdict | undefined;
  readonly heatmap: string | undefined;
  readonly overlay: string | undefined;
  /** The patches of the highest numbers. */
  readonly top: string | undefined;
  readonly badTiles: number;
  /** What was decided on the user's behalf. */
  readonly notices: readonly string[];
  readonly seconds: number;
  readonly error?: (SlideError & { readonly stage: ModelRunStage }) | undefined;
}

/** What became of each slide in all stages; the first stage in which it failed says why. */
export function joinRows(slides: readonly SlideInput[], { embedded, predicted, drawn }: ModelRunStages): ModelRunRow[] {
  const verdicts = new Map(predicted?.rows.map((row) => [row.slide, row]));
  const pictures = new Map(drawn?.rows.map((row) => [row.id, row]));
  const features = new Map(embedded.rows.map((row) => [row.id, row]));
  return slides.flatMap(({ id }) => {
    const row = features.get(id);
    return row ? [joinRow(row, verdicts.get(id), pictures.get(id))] : [];
  });
}

type PredictedRow = PredictSlidesResult['rows'][number];

function joinRow(embedded: EmbedRow, predicted: PredictedRow | undefined, drawn: HeatmapRow | undefined): ModelRunRow {
  const { id, path, files, counts, badTiles, notices } = embedded;
  const error = findError(embedded, predicted, drawn);
  const place = (folder: string, file: string | undefined) => (file === undefined ? undefined : `${folder}/${file}`);
  const { heatmaps } = MODEL_RUN_FOLDERS;
  return {
    id,
    path,
    status: error ? 'failed' : embedded.status,
    state: [embedded, predicted, drawn].every((row) => row === undefined || row.state === 'done') ? 'done' : 'fresh',
    patches: counts?.embedded,
    features: place(MODEL_RUN_FOLDERS.features, files[0]),
    verdict: predicted?.verdict,
    heatmap: place(heatmaps, drawn?.picture),
    overlay: place(heatmaps, drawn?.overlay),
    top: place(heatmaps, drawn?.sheet),
    badTiles: badTiles.length,
    notices: [...new Set([...notices, ...(predicted?.notices ?? []), ...(drawn?.notices ?? [])])],
    seconds: embedded.seconds + (drawn?.seconds ?? 0),
    error,
  };
}

function findError(
  embedded: EmbedRow,
  predicted: PredictedRow | undefined,
  drawn: HeatmapRow | undefined,
): ModelRunRow['error'] {
  if (embedded.error) return { ...embedded.error, stage: 'embed' };
  if (predicted?.error && predicted.status !== 'empty') {
    const { message, hint } = predicted.error;
    return { tag: 'dataset', message, ...(hint !== undefined && { hint }), stage: 'predict' };
  }
  return drawn?.error && { ...drawn.error, stage: 'heatmap' };
}
