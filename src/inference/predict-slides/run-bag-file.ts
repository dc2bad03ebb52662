import { readSlideFeatures } from '../../io/feature-files/read-slide-features.ts';
import type { SlideFeatures } from '../../io/feature-files/slide-features.ts';
import { throwIfAborted } from '../../utils/abort.ts';
import type { WrittenFile } from '../../utils/atomic-file.ts';
import { checkNumbers } from '../mil/check-bag.ts';
import { getPatchPlaces } from '../mil/patch-places.ts';
import type { BagPrediction } from '../mil/read-bag-outputs.ts';
import { type PatchScores, writeScores } from '../mil/score-table.ts';
import { writeScoreTiles } from '../mil/score-tiles.ts';
import { combinePatches, decideSlide } from './decide-slide.ts';
import type { AttentionFile } from './options.ts';
import { type SlideResult, writeSlideResult } from './slide-result.ts';
import type { FoundSlide, SlideWork } from './slide-work.ts';

export interface BagFileWork extends SlideWork {
  readonly resultPath: string;
  /** Where the model looked: the files that are wanted. */
  readonly files: Readonly<Partial<Record<AttentionFile, string>>>;
  readonly notices: readonly string[];
}

/**
 * Reads a slide's features, runs the model over them, and writes what it says.
 * @returns the written files, the result first
 * @throws SourceError, TensorFileError, DatasetError, ModelError, SessionError, OutputError, AbortedError
 */
export async function runBagFile(
  { slide, path }: FoundSlide,
  work: BagFileWork,
): Promise<{ result: SlideResult; written: WrittenFile[] }> {
  const { settings, model, threshold, files, notices } = work;
  const { aggregate, signal } = settings;
  const bag = await readSlideFeatures(path);
  checkNumbers(bag, path);
  throwIfAborted(signal);
  const { count, dim, features } = bag;
  const prediction = await model.consume(features, count, dim);
  throwIfAborted(signal);
  const attention = await writeAttention(bag, prediction, { ...work, slide, path, files });
  const { name, sha256, classes, temperature } = model;
  const probabilities = combinePatches(prediction, classes.length, settings);
  const result: SlideResult = {
    ...{
      schema: 'slideloom/slide-prediction/v1',
      slide,
      model: { name, sha256 },
      classes: [...classes],
      patches: count,
    },
    ...{ logits: [...prediction.logits], temperature, aggregate, threshold: threshold ?? null },
    ...decideSlide(probabilities, { classes, threshold }),
    notices: [...notices],
  };
  return { result, written: [await writeSlideResult(work.resultPath, result), ...attention] };
}

async function writeAttention(
  bag: SlideFeatures,
  { attention, instanceProbabilities: probabilities }: BagPrediction,
  { slide, path, files, model, settings }: BagFileWork & FoundSlide,
): Promise<WrittenFile[]> {
  if (!files.csv && !files.geojson) return [];
  const places = getPatchPlaces(bag, { path, span: settings.patchSpan });
  const scores: PatchScores = { ...places, count: bag.count, attention, classes: model.classes, probabilities };
  const written = files.csv ? [await writeScores(files.csv, scores)] : [];
  const { width, height } = places;
  if (files.geojson && width !== undefined && height !== undefined)
    written.push(await writeScoreTiles(files.geojson, { ...scores, width, height }, slide));
  return written;
}
