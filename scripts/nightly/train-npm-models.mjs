#!/usr/bin/env node
// Fine-tunes two networks that were published without a thought of it, from the command line: opset 9, a batch of 1, batch
// normalisation folded away or fixed. MobileFaceNet ends in an embedding, DenseNet-121 in a classifier of 7. The pictures are two
// colours of noise, made here. Ends with 1 where one does not learn them; is skipped, and says so, without a package registry.
import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import sharp from 'sharp';
import { fetchModels } from './fetch-npm-model.mjs';

const MODELS = [
  { file: 'fr_feature.onnx', size: 112, flags: ['--trained', 'head', '--rate', '0.01', '--batch-size', '8'] },
  { file: 'fr_feature.onnx', size: 112, flags: ['--rate', '1e-4', '--batch-size', '8'] },
  { file: 'fr_expression.onnx', size: 224, flags: ['--trained', 'head', '--batch-size', '4'] },
  { file: 'fr_expression.onnx', size: 224, flags: ['--rate', '1e-4', '--batch-size', '4'] },
];
const PICTURES = 24;
const LEAST_AUC = 0.95;

const root = dirname(dirname(dirname(fileURLToPath(import.meta.url))));
const folder = mkdtempSync(join(tmpdir(), 'slideloom-npm-models-'));
try {
  const models = fetchModels(folder);
  if (models) for (const [index, model] of MODELS.entries()) await train(models, model, index);
} finally {
  rmSync(folder, { recursive: true, force: true });
}

async function train(models, { file, size, flags }, index) {
  const table = await writePictures(join(folder, `pictures-${size}`), size);
  const command = ['train', 'phase1', '--train', table, '--model', join(models, file), '--new-head', ...flags];
  const more = ['--out', join(folder, `run-${index}`), '--epochs', '2', '--folds', '3', '--json', '--quiet'];
  const options = { encoding: 'utf8', maxBuffer: 2 ** 26 };
  const ended = spawnSync(process.execPath, [join(root, 'dist/cli/main.js'), ...command, ...more], options);
  const auc = ended.status === 0 ? JSON.parse(ended.stdout).card.metrics.auc : undefined;
  const met = auc >= LEAST_AUC;
  if (!met) process.exitCode = 1;
  const what = auc === undefined ? ended.stderr.trim() : `AUC ${auc.toFixed(3)} (at least ${LEAST_AUC})`;
  process.stdout.write(`${met ? 'met   ' : 'MISSED'} ${file} ${flags.join(' ')}: ${what}\n`);
}

/** Two classes that differ in their mean colour, each of four patients. @returns the path of their table */
async function writePictures(target, size) {
  mkdirSync(target, { recursive: true });
  const lines = ['path,label,patient'];
  for (let index = 0; index < PICTURES; index++) {
    const label = index % 2;
    const data = Buffer.alloc(size * size * 3);
    // A fixed pattern that looks like noise; red or blue is stronger.
    for (let at = 0; at < data.length; at++) {
      const strong = at % 3 === (label === 0 ? 0 : 2);
      data[at] = ((Math.imul(at + index * 7919, 2654435761) >>> 24) >> 1) + (strong ? 100 : 40);
    }
    const name = `${index}.png`;
    await sharp(data, { raw: { width: size, height: size, channels: 3 } })
      .png()
      .toFile(join(target, name));
    lines.push(`${name},${label},patient-${label}-${index % 8}`);
  }
  const table = join(target, 'table.csv');
  writeFileSync(table, `${lines.join('\n')}\n`);
  return table;
}
