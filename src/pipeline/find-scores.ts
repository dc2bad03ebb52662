/** Which file has the scores or the features of a slide. */
import { readdir, stat } from 'node:fs/promises';
import { basename, extname, join, parse, resolve } from 'node:path';
import { namesSlides } from '../inference/heatmap/read-score-table.ts';
import { type FeatureRow, findFeatures, isFeatureFile } from '../train/bags/find-features.ts';
import { DatasetError, SourceError } from '../utils/errors.ts';
import type { SlideInput } from './slide-inputs.ts';
import { getSlideStem } from './slide-stem.ts';

/** A slide's file; undefined where it is known to have no patches. @throws DatasetError `no-scores` where there is none */
export type FindScores = (input: SlideInput) => { scores: string } | { features: string } | undefined;

/**
 * @param scores a table for one slide or, with a column `slide`, of several; or a folder of tables that bear the slides' names
 * @throws SourceError, DatasetError
 */
export async function findScoreTables(scores: string, slides: readonly SlideInput[]): Promise<FindScores> {
  const status = await stat(scores).catch((cause: unknown) => {
    throw new SourceError(scores, cause instanceof Error ? cause.message : String(cause), { cause });
  });
  if (!status.isDirectory()) {
    if (slides.length > 1 && !(await namesSlides(scores))) failWithoutSlides(scores, slides.length);
    return () => ({ scores });
  }
  const names = (await readdir(scores)).filter((name) => extname(name).toLowerCase() === '.csv');
  const files = new Map(names.map((name) => [basename(name, extname(name)), resolve(join(scores, name))]));
  return (input) => {
    const path = pick(input, files) ?? failWithout(scores, input, `${input.id}.csv`);
    return { scores: path };
  };
}

/** @param features what `embed` left, a table, a folder or a file. @throws SourceError, DatasetError */
export async function findFeatureFiles(features: string, slides: readonly SlideInput[]): Promise<FindScores> {
  const rows = await findFeatures(features);
  // Whoever names the one file for the one slide knows what it is of.
  const only = slides.length === 1 && isFeatureFile(features) ? rows[0] : undefined;
  const bySlide = new Map(rows.map((row) => [row.slide, row]));
  // Of slides that shared a file name when they were embedded, the table knows which is which.
  const byPath = new Map(rows.flatMap((row) => (row.path === undefined ? [] : [[row.path, row]])));
  return (input) => {
    const row = only ?? byPath.get(input.path) ?? pick(input, bySlide) ?? failWithout(features, input, 'features');
    return describeRow(row, input);
  };
}

/** Paths of slides that a table of features names. */
export async function listFeatureSlides(features: string): Promise<string[]> {
  return (await findFeatures(features)).flatMap(({ path }) => path ?? []);
}

function describeRow(
  { features, problem, table, line }: FeatureRow,
  { id }: SlideInput,
): { features: string } | undefined {
  if (features !== undefined) return { features };
  if (problem === 'no-patches') return undefined;
  throw new DatasetError(table, `the slide ${id} has no features: ${problem}`, { reason: 'no-scores', line });
}

/**
 * By the slide's name in this run; else by its file name as it is, with spaces and the like, unless another slide shares it.
 */
function pick<T>({ id, path }: SlideInput, found: ReadonlyMap<string, T>): T | undefined {
  const file = basename(path);
  const names = id === getSlideStem(path) ? [id, parse(file).name, file.replace(/(\.ome)?\.[^.]+$/i, '')] : [id];
  const name = names.find((one) => found.has(one));
  return name === undefined ? undefined : found.get(name);
}

function failWithoutSlides(source: string, count: number): never {
  throw new DatasetError(
    source,
    `it does not say which of the ${count} slides its rows are of`,
    { reason: 'no-column' },
    { hint: 'give a column slide, or a folder with a table for each slide' },
  );
}

function failWithout(source: string, { id }: SlideInput, what: string): never {
  throw new DatasetError(
    source,
    `no ${what} for the slide ${id}`,
    { reason: 'no-scores' },
    { hint: 'files of scores and features bear the name of their slide' },
  );
}
