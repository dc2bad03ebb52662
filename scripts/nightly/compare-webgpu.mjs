// A child of train-on-webgpu.mjs: node compare-webgpu.mjs FOLDER NAME STEPS. Trains a model of FOLDER by one step with gradients that
// come out of WebGPU, then by STEPS whole steps with weights that stay there, beside the processor, and prints what differs as JSON.
import { join } from 'node:path';
import { readSafetensors } from '../../dist/io/safetensors/read-safetensors.js';
import { openTrainer } from '../../dist/onnx/device/open-trainer.js';
import { openTrainStep } from '../../dist/onnx/train-step.js';
import { clipGradients } from '../../dist/train/optimizers/clip-gradients.js';
import { resolveParameterGroups } from '../../dist/train/optimizers/parameter-groups.js';
import { createOptimizer } from '../../dist/train/optimizers.js';

const LOSS = { kind: 'cross-entropy' };
const ADAMW = { name: 'adamw', beta1: 0.9, beta2: 0.999, epsilon: 1e-8 };
const RATE = 1e-3;
/** Short enough that gradients are cut. */
const CLIP_NORM = 0.1;
/** A gradient shorter than this share of the longest is rounding, and Adam makes a step of any. */
const NEGLIGIBLE = 1e-5;

const [, , folder, name, steps] = process.argv;
const model = join(folder, `${name}.onnx`);
const { tensors } = await readSafetensors(join(folder, `${name}.safetensors`));
const toTensor = ({ shape, data }) => ({
  type: data instanceof BigInt64Array ? 'int64' : 'float32',
  dims: shape,
  data,
});
const pick = (prefix) =>
  [...tensors].filter(([key]) => key.startsWith(prefix)).map(([key, value]) => [key.slice(prefix.length), value]);
const batch = {
  inputs: new Map(pick('in.').map(([key, value]) => [key, toTensor(value)])),
  target: toTensor(tensors.get('target')),
};

const cpu = await takeStep('cpu');
const gpu = await takeStep('webgpu');
const real = findReal(cpu.gradients);
const facts = {
  loss: Math.abs(gpu.loss - cpu.loss),
  gradient: Math.max(...real.map((key) => compare([gpu.gradients.get(key)], [cpu.gradients.get(key)]))),
  statistics: Math.max(0, ...[...cpu.statistics].map(([key, own]) => compare([gpu.statistics.get(key)], [own]))),
};
process.stdout.write(`${JSON.stringify({ ...facts, ...(await learn(Number(steps))) })}\n`);

async function takeStep(device) {
  const step = await openTrainStep(model, { loss: LOSS, device });
  const weights = step.createWeights();
  for (const [key, { data }] of pick('buf0.')) if (weights.has(key)) weights.set(key, data);
  const result = await step.step({ ...batch, weights });
  await step.release();
  return result;
}

/** Steps on both sides, the same batch each time. After a quarter of them the session on the device is opened anew. */
async function learn(count) {
  const step = await openTrainStep(model, { loss: LOSS });
  const weights = step.createWeights();
  const trained = step.parameters.filter(({ trainable }) => trainable);
  const settings = resolveParameterGroups(new Map(trained.map((one) => [one.name, one.dims])), { weightDecay: 0.01 });
  const optimizer = createOptimizer(weights, settings, { name: 'adamw' });
  const options = { loss: LOSS, optimizer: ADAMW, settings, clipNorm: CLIP_NORM, device: 'webgpu' };
  const trainer = await openTrainer(model, options);
  let apart = 0;
  let clock = 0;
  const resident = [];
  for (let at = 0; at < count; at++) {
    const { loss, gradients, statistics } = await step.step({ ...batch, weights });
    clipGradients(gradients, CLIP_NORM);
    optimizer.step(gradients, RATE);
    for (const [key, values] of statistics) weights.set(key, values);
    const start = performance.now();
    const [result] = await trainer.learn({ ...batch, rate: RATE }, true);
    // Steps before it compile shaders.
    if (at >= count / 2) clock += performance.now() - start;
    apart = Math.max(apart, Math.abs(result.loss - loss));
    if (at >= count / 2) resident.push(measureMemory());
    if (at === Math.floor(count / 4)) await trainer.recycle();
  }
  const state = await trainer.save();
  await trainer.release();
  await step.release();
  const list = (map) => real.map((key) => map.get(key));
  return {
    losses: apart,
    weights: compare(list(state.weights), list(weights)),
    moments: compare(list(state.slots.m), list(optimizer.slots.m)),
    milliseconds: clock / resident.length,
    bytesPerStep: measureGrowth(resident),
  };
}

/** Resident memory without what JavaScript could give back. Software drivers have the device's memory in it. */
function measureMemory() {
  globalThis.gc?.();
  return process.memoryUsage.rss();
}

/** From the first third of the steps to the last one: bytes by which memory grew with each. */
function measureGrowth(bytes) {
  const third = Math.max(1, Math.floor(bytes.length / 3));
  const mean = (values) => values.reduce((sum, value) => sum + value, 0) / values.length;
  return (mean(bytes.slice(-third)) - mean(bytes.slice(0, third))) / Math.max(1, bytes.length - third);
}

/** Weights whose gradient is more than rounding. */
function findReal(gradients) {
  const lengths = [...gradients].map(([key, values]) => [key, getLength([values])]);
  const longest = Math.max(...lengths.map(([, length]) => length));
  return lengths.filter(([, length]) => length > NEGLIGIBLE * longest).map(([key]) => key);
}

/** Length of the difference, as a share of the length of `theirs`. */
function compare(ours, theirs) {
  const apart = theirs.map((values, index) => values.map((value, at) => value - ours[index][at]));
  return getLength(apart) / getLength(theirs);
}

function getLength(arrays) {
  let sum = 0;
  for (const values of arrays) for (const value of values) sum += value * value;
  return Math.sqrt(sum);
}
