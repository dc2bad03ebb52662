import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { encodeSafetensors } from '../../src/io/safetensors/encode-safetensors.ts';
import type { Phase2Config } from '../../src/train/train-phase2/options.ts';
import { createSeededRandom } from './seeded-random.ts';

/** Features of slides and a table of their labels, as phase 2 takes them. */
export interface TinyCohort {
  readonly folder: string;
  /** Folder of feature files. */
  readonly features: string;
  readonly labels: string;
  readonly slides: readonly TinySlide[];
}

export interface TinySlide {
  readonly slide: string;
  readonly label: string;
  readonly patient: string;
  readonly path: string;
}

export const TINY_DIM = 6;

/** Slides of two to a patient; of class `tumour` 5 of some 12 patches have a feature that the others have not. */
export function createTinyCohort(folder: string, { slides: count = 24 } = {}): TinyCohort {
  const random = createSeededRandom(5);
  const features = join(folder, 'features');
  mkdirSync(features, { recursive: true });
  const slides: TinySlide[] = [];
  for (let k = 0; k < count; k++) {
    const patient = Math.floor(k / 2);
    const label = patient % 2 === 0 ? 'normal' : 'tumour';
    const patches = random.integer(9, 15);
    const rows = Float32Array.from({ length: patches * TINY_DIM }, () => random.uniform() - 0.5);
    if (label === 'tumour') for (const at of [1, 3, 4, 6, 8]) rows[at * TINY_DIM + 2] = 2;
    const slide = `s${String(k).padStart(2, '0')}`;
    slides.push({ slide, label, patient: `p${patient}`, path: writeTinyFeatures(features, slide, rows) });
  }
  const labels = join(folder, 'labels.csv');
  writeLabels(labels, slides);
  return { folder, features, labels, slides };
}

/** @returns path of the file */
export function writeTinyFeatures(
  folder: string,
  slide: string,
  data: Float32Array<ArrayBuffer>,
  { dim = TINY_DIM, model = 'tiny' } = {},
): string {
  const path = join(folder, `${slide}.safetensors`);
  const metadata = { format: 'slideloom/features/v1', slide, model: JSON.stringify({ name: model, sha256: model }) };
  const tensors = new Map([['features', { type: 'F32' as const, shape: [data.length / dim, dim], data }]]);
  writeFileSync(path, Buffer.concat([...encodeSafetensors(tensors, metadata)]));
  return path;
}

/** As CLAM names the columns. */
export function writeLabels(path: string, slides: readonly Omit<TinySlide, 'path'>[]): void {
  const lines = slides.map(({ slide, label, patient }) => `${patient},${slide},${label}\n`);
  writeFileSync(path, `case_id,slide_id,label\n${lines.join('')}`);
}

/** A quick training of a cohort. */
export function configureTiny(
  { folder, features, labels }: TinyCohort,
  more: Partial<Phase2Config> = {},
): Phase2Config {
  const quick = { epochs: 4, batchSize: 2, hidden: 8, attention: 4, rate: 0.02, folds: 3, threads: 1, dropout: 0.1 };
  return { features, labels, model: 'abmil', out: join(folder, 'out'), ...quick, ...more };
}
