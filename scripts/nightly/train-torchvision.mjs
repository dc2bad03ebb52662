#!/usr/bin/env node
// npm run nightly -- torchvision [NAME ...]: networks of torchvision (ResNet-18, MobileNetV3-S, ViT-B/16, Swin-T, ConvNeXt-T), exported and
// trained by torch, then trained here. Needs /usr/bin/python3 with torch and torchvision; ends with 1 where a figure is too far.
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { readSafetensors } from '../../dist/io/safetensors/read-safetensors.js';
import { openTrainStep } from '../../dist/onnx/train-step.js';
import { resolveParameterGroups } from '../../dist/train/optimizers/parameter-groups.js';
import { createOptimizer } from '../../dist/train/optimizers.js';

/** Relative L2 error of the gradient of each parameter. */
const GRADIENT_TOLERANCE = 1e-4;
/**
 * Of each loss, for networks with many batch normalisations: there the sign of what a ReLU sees hangs on rounding, torch's own
 * gradients in single precision are as far from those in double, and the curve is what can be compared.
 */
const LOSS_TOLERANCE = 5e-3;
/** Gradients smaller than this share of the largest are rounding: those of biases that a normalisation takes away again. */
const NEGLIGIBLE = 1e-6;
const RATE = 1e-4;
const NETWORKS = ['resnet18', 'mobilenet_v3_small', 'vit_b_16', 'swin_t', 'convnext_tiny'];

const folder = mkdtempSync(join(tmpdir(), 'slideloom-nightly-'));
try {
  const names = process.argv.slice(2);
  for (const name of names.length > 0 ? names : NETWORKS) {
    exportNetwork(name);
    if (!(await compare(name))) process.exitCode = 1;
  }
} finally {
  rmSync(folder, { recursive: true, force: true });
}

function exportNetwork(name) {
  const script = join(dirname(fileURLToPath(import.meta.url)), 'export_torchvision.py');
  const { status, stderr } = spawnSync('/usr/bin/python3', [script, folder, '--only', name], { encoding: 'utf8' });
  if (status !== 0) throw new Error(`${name} can't be exported: ${stderr}`);
}

/** @returns whether the network trains as in torch; says so on stdout */
async function compare(name) {
  const { tensors } = await readSafetensors(join(folder, `${name}.safetensors`));
  const step = await openTrainStep(join(folder, `${name}.onnx`), { loss: { kind: 'cross-entropy' } });
  const weights = step.createWeights();
  const toTensor = ({ shape, data }) => ({ type: 'float32', dims: shape, data });
  const batch = {
    inputs: new Map([['x', toTensor(tensors.get('x'))]]),
    target: toTensor(tensors.get('target')),
    weights,
  };
  const first = await step.step(batch);
  const losses = tensors.get('losses')?.data;
  const worst = findWorst(tensors, first.gradients);
  let met = Math.abs(first.loss - tensors.get('loss').data[0]) < 1e-4 * Math.abs(first.loss);
  let verdict = '';
  if (losses) {
    const apart = await followCurve(step, batch, { first, losses });
    met &&= apart <= LOSS_TOLERANCE;
    verdict = `losses of ${losses.length} steps within ${apart.toExponential(1)} (${LOSS_TOLERANCE}); `;
  } else met &&= worst.error <= GRADIENT_TOLERANCE;
  const judged = losses ? 'not judged' : `${GRADIENT_TOLERANCE}`;
  verdict += `gradients of ${first.gradients.size} within ${worst.error.toExponential(1)} (${judged}), worst ${worst.name}`;
  process.stdout.write(`${met ? 'met   ' : 'MISSED'} ${name}: ${verdict}\n`);
  await step.release();
  return met;
}

/** The parameter whose gradient is farthest from torch's. */
function findWorst(tensors, gradients) {
  const wanted = [...tensors].filter(([key]) => key.startsWith('grad.'));
  const largest = Math.max(...wanted.map(([, { data }]) => getNorm(data)));
  let worst = { name: '', error: 0 };
  for (const [key, { data }] of wanted) {
    const name = key.slice('grad.'.length);
    const own = gradients.get(name);
    if (!own) return { name, error: Number.POSITIVE_INFINITY };
    const scale = Math.max(getNorm(data), NEGLIGIBLE * largest);
    const error = getNorm(data.map((value, index) => value - own[index])) / scale;
    if (!(error <= worst.error)) worst = { name, error };
  }
  return worst;
}

/** Euclidean length. */
function getNorm(values) {
  let sum = 0;
  for (const value of values) sum += value * value;
  return Math.sqrt(sum);
}

/** The largest distance of a loss from torch's, over AdamW's steps on one batch. */
async function followCurve(step, batch, { first, losses }) {
  const trained = step.parameters.filter(({ trainable }) => trainable);
  const settings = resolveParameterGroups(new Map(trained.map(({ name, dims }) => [name, dims])), {
    weightDecay: 0.01,
  });
  const optimizer = createOptimizer(batch.weights, settings, { name: 'adamw' });
  let result = first;
  let apart = 0;
  for (const [index, loss] of losses.entries()) {
    if (index > 0) result = await step.step(batch);
    apart = Math.max(apart, Math.abs(result.loss - loss));
    optimizer.step(result.gradients, RATE);
    for (const [name, values] of result.statistics) batch.weights.set(name, values);
  }
  return apart;
}
