import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { writeSafetensors } from '../../src/io/safetensors/write-safetensors.ts';
import { createMilModel } from '../../src/onnx/mil-models.ts';
import type { MilArchitecture } from '../../src/onnx/mil-options.ts';
import { type MilCard, writeMilCard } from '../../src/train/mil-card.ts';
import { sha256 } from '../../src/utils/hash.ts';
import { createSeededRandom } from './seeded-random.ts';

export const TINY_DIM = 6;
const BACKBONE = { name: 'tiny', sha256: 'ab'.repeat(32), output: 'vector', take: 'all' };

/** A classifier of slides with its card, whose numbers are those of its seed. */
export async function writeTinyMil(
  path: string,
  { architecture = 'abmil' as MilArchitecture, classes = ['normal', 'tumour'], card = {} as Partial<MilCard> } = {},
): Promise<void> {
  const bytes = createMilModel(architecture, {
    ...{ featureDim: TINY_DIM, classes: classes.length, hidden: 8, attention: 4, seed: 3 },
  });
  writeFileSync(path, bytes);
  await writeMilCard(path, {
    ...{ schema: 'slideloom/mil-card/v1', model: 'model.onnx', sha256: sha256(bytes), task: 'slide-classification' },
    ...{ architecture, input: { name: 'features', featureDim: TINY_DIM, backbone: BACKBONE } },
    ...{ classes, temperature: 1.5, threshold: classes.length === 2 ? 0.5 : null, metrics: {}, training: {} },
    ...card,
  });
}

/** Features of a slide in slideloom's own layout: patches of 64 level-0 pixels in rows of four. */
export async function writeTinyFeatures(
  folder: string,
  slide: string,
  { patches = 5, dim = TINY_DIM, seed = 1, model = BACKBONE as object, shift = 0 } = {},
): Promise<string> {
  const path = join(folder, `${slide}.safetensors`);
  const random = createSeededRandom(seed);
  const features = Float32Array.from({ length: patches * dim }, () => random.uniform() * 2 - 1 + shift);
  const coords = Int32Array.from({ length: patches * 2 }, (_, at) => 64 * (at % 2 === 0 ? (at / 2) % 4 : at >> 3));
  const tensors = new Map([
    ['features', { type: 'F32' as const, shape: [patches, dim], data: features }],
    ['coords', { type: 'I32' as const, shape: [patches, 2], data: coords }],
  ]);
  await writeSafetensors(path, tensors, {
    ...{ format: 'slideloom/features/v1', slide, width: '512', height: '512', model: JSON.stringify(model) },
    patch: JSON.stringify({ size: 32, overlap: 0, span: { x: 64, y: 64 }, mpp: 0.5 }),
  });
  return path;
}
