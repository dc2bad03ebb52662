// Part of train-on-webgpu.mjs: `train phase1` from the command line on the processor, and by WebGPU, there stopped in the middle and
// resumed.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import sharp from 'sharp';

const main = join(dirname(fileURLToPath(import.meta.url)), '..', '..', 'dist', 'cli', 'main.js');
const SIDE = 32;
const PICTURES = 30;
const PATIENTS = 10;
const OPTIONS = [
  ...['--model', 'resnet-tiny', '--input-size', `${SIDE}`, '--batch-size', '8', '--epochs', '2', '--seed', '1'],
  ...['--log-every', '1', '--cleanup-every', '2', '--workers', '1'],
];
/** Of the losses of all steps and epochs: after a few steps, batch normalisation over 8 pictures has blown up rounding. */
const TOLERANCE = 2e-3;

/** @returns whether all losses are those of the processor, and what to say */
export async function comparePhase1(env) {
  const folder = mkdtempSync(join(tmpdir(), 'slideloom-webgpu-'));
  try {
    await writePictures(folder);
    const start = (device, ...more) =>
      spawn(
        process.execPath,
        [main, 'train', 'phase1', ...OPTIONS, '--train', 'train.csv', '--out', device, '--device', device, ...more],
        { cwd: folder, env: { ...process.env, ...env }, stdio: ['ignore', 'ignore', 'pipe'] },
      );
    await finish(start('cpu'));
    const stopped = start('webgpu');
    await waitForStep(join(folder, 'webgpu'), stopped);
    stopped.kill('SIGTERM');
    await once(stopped, 'exit');
    const before = readLosses(join(folder, 'webgpu')).length;
    await finish(start('webgpu', '--resume'));
    const [ours, theirs] = ['webgpu', 'cpu'].map((device) => readLosses(join(folder, device)));
    const apart = Math.max(...theirs.map((loss, at) => Math.abs(loss - (ours[at] ?? Number.NaN))));
    const met = ours.length === theirs.length && before < theirs.length && apart <= TOLERANCE;
    return {
      met,
      text: `train phase1, resumed after ${before} of ${theirs.length} losses: they are within ${apart.toExponential(1)} (${TOLERANCE})`,
    };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

async function writePictures(folder) {
  mkdirSync(join(folder, 'pictures'));
  let table = 'path,label,patient\n';
  let random = 1;
  for (let k = 0; k < PICTURES; k++) {
    const patient = k % PATIENTS;
    const label = patient % 2;
    const data = new Uint8Array(SIDE * SIDE * 3).map((_, at) => {
      random = (random * 16807) % 2147483647; // S. Park & K. Miller, 1988
      return 60 + (random % 130) + (at % 3 === 0 ? label * 25 : 0);
    });
    const path = join('pictures', `${k}.png`);
    await sharp(data, { raw: { width: SIDE, height: SIDE, channels: 3 } }).toFile(join(folder, path));
    table += `${path},${label},p${patient}\n`;
  }
  writeFileSync(join(folder, 'train.csv'), table);
}

async function finish(child) {
  let said = '';
  child.stderr.on('data', (text) => {
    said += text;
  });
  const [code] = await once(child, 'exit');
  if (code !== 0) throw new Error(`train phase1 ended with ${code}: ${said.trim().split('\n').at(-1)}`);
}

/** Until the first step is written down. */
async function waitForStep(folder, child) {
  child.stderr.resume();
  while (child.exitCode === null && readLosses(folder).length === 0) await wait(100);
}

function readLosses(folder) {
  const path = join(folder, 'metrics.jsonl');
  if (!existsSync(path)) return [];
  const lines = readFileSync(path, 'utf8').split('\n').filter(Boolean);
  return lines.map((line) => JSON.parse(line)).flatMap(({ loss }) => loss ?? []);
}
