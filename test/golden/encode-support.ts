import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe } from 'vitest';
import { sharp } from '../../src/io/codec/sharp.ts';
import { ROOT, sharedPath, skipLoudly } from '../support/shared-data.ts';
import type { Picture } from '../unit/io/kernels/encode-images.ts';

/** Debian's interpreter: python3-pil belongs to it. */
const PYTHON = '/usr/bin/python3';
const SCRIPT = join(ROOT, 'test/golden/encode_oracle.py');

/** A suite that compares with Pillow; skipped loudly where it is missing, failed in CI. */
export function describeWithPillow(name: string, factory: () => void): void {
  if (spawnSync(PYTHON, ['-c', 'import PIL']).status === 0) describe(name, factory);
  else skipLoudly(name, 'python3-pil');
}

/** Runs the oracle's script and returns the lines that it printed. */
export function runPillow(...args: string[]): string[] {
  const { status, stdout, stderr } = spawnSync(PYTHON, [SCRIPT, ...args], { encoding: 'utf8', maxBuffer: 2 ** 26 });
  if (status !== 0) throw new Error(`Pillow failed: ${stderr}`);
  return stdout.split('\n').filter((line) => line !== '');
}

/** Runs `work` with a folder that is removed afterwards. */
export async function withFolder<T>(work: (folder: string) => T | Promise<T>): Promise<T> {
  const folder = mkdtempSync(join(tmpdir(), 'slideloom-encode-'));
  try {
    return await work(folder);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** RGB of a lossless file below the shared folder. */
export async function readShared(...parts: string[]): Promise<Picture> {
  const image = sharp(sharedPath(...parts)).removeAlpha();
  const { data, info } = await image.toColourspace('srgb').raw().toBuffer({ resolveWithObject: true });
  return { name: parts.at(-1) ?? '', width: info.width, height: info.height, channels: 3, data };
}

/** Its green channel. */
export function toGrey({ name, width, height, data }: Picture): Picture {
  const grey = Uint8Array.from({ length: width * height }, (_, i) => data[3 * i + 1] ?? 0);
  return { name: `${name} in grey`, width, height, channels: 1, data: grey };
}
