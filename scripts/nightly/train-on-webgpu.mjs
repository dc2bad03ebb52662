#!/usr/bin/env node
// npm run nightly -- webgpu: the models of shared/golden/onnx, and `train phase1`, by WebGPU and by the processor. Needs a graphics driver or
// SwiftShader, and says so where there is none. Each model is a process of its own, which a driver may crash.
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { findVulkan } from './find-vulkan.mjs';
import { comparePhase1 } from './phase1-on-webgpu.mjs';

const here = dirname(fileURLToPath(import.meta.url));
const folder = join(here, '..', '..', '..', 'shared', 'golden', 'onnx');

/** Steps with weights on the device; attention MIL, which is small, shows memory and drift over many. */
const MODELS = [
  ['abmil-mini', 500],
  ['cnn-gn-mini', 6],
  ['cnn-bn-mini', 6],
  ['vit-mini', 6],
  ['randla-mini', 6],
  ['misc-mini', 6],
];
/**
 * Of one step: relative differences of gradients and running statistics. Of many: of losses, of weights and of the optimiser's
 * first moments. Both sides compute in single precision, and Adam blows up what is left of a gradient near 0.
 */
const TOLERANCES = { loss: 1e-5, gradient: 2e-5, statistics: 1e-5, losses: 1e-4, weights: 1e-3, moments: 1e-2 };
/** Over 250 steps, where the drivers' own heaps have settled: what a step hands on is 130 kB in the smallest model. */
const MOST_BYTES_A_STEP = 20e3;
const TIMEOUT = 900_000;

const vulkan = findVulkan();
if (!vulkan || !existsSync(folder)) {
  const missing = vulkan ? `${folder}` : 'a Vulkan driver, or SwiftShader (apt-get install chromium libvulkan1)';
  process.stdout.write(`NOT RUN: WebGPU was not tried, for want of ${missing}\n`);
} else {
  process.stdout.write(`WebGPU by ${vulkan.kind}:\n`);
  for (const [name, steps] of MODELS) if (!compare(name, steps)) process.exitCode = 1;
  const { met, text } = await comparePhase1(vulkan.env);
  process.stdout.write(`${met ? 'met   ' : 'MISSED'} ${text}\n`);
  if (!met) process.exitCode = 1;
}

/** @returns whether the model trains on the device as on the processor; says so on stdout */
function compare(name, steps) {
  const script = join(here, 'compare-webgpu.mjs');
  const { status, signal, stdout, stderr } = spawnSync(
    process.execPath,
    ['--expose-gc', script, folder, name, `${steps}`],
    {
      ...{ encoding: 'utf8', timeout: TIMEOUT },
      env: { ...process.env, ...vulkan.env },
    },
  );
  if (status !== 0) {
    process.stdout.write(`MISSED ${name}: ended with ${signal ?? status}: ${stderr.trim().split('\n').at(-1)}\n`);
    return false;
  }
  const facts = JSON.parse(stdout.trim().split('\n').at(-1));
  const far = Object.entries(TOLERANCES).filter(([key, most]) => !(facts[key] <= most));
  const isFlat = steps < 100 || facts.bytesPerStep <= MOST_BYTES_A_STEP;
  const figures = Object.entries(TOLERANCES).map(([key, most]) => `${key} ${facts[key].toExponential(1)} (${most})`);
  if (steps >= 100) figures.push(`${Math.round(facts.bytesPerStep)} bytes a step (${MOST_BYTES_A_STEP})`);
  const met = far.length === 0 && isFlat;
  const time = `${facts.milliseconds.toFixed(0)} ms a step`;
  process.stdout.write(`${met ? 'met   ' : 'MISSED'} ${name}, ${steps} steps: ${figures.join(', ')}; ${time}\n`);
  return met;
}
