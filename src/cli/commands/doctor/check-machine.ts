import { randomBytes } from 'node:crypto';
import { readFile, rm, writeFile } from 'node:fs/promises';
import { availableParallelism, freemem, tmpdir } from 'node:os';
import { join } from 'node:path';
import { formatBytes, getUsableMemory } from '../../../utils/memory-budget.ts';
import { readPackageJson } from '../../../utils/package-files.ts';
import type { CheckResult } from './check.ts';

/** A slide at 8 µm a pixel, OpenCV's heap and two workers fit into this. */
const LITTLE_MEMORY = 2e9;

/** Against `engines.node` of package.json. */
export function checkNode(): CheckResult {
  const wanted = readPackageJson().engines.node;
  const detail = `${process.version}, needs ${wanted}`;
  if (satisfiesRange(process.versions.node, wanted)) return { status: 'ok', detail };
  return { status: 'fail', detail, advice: `install a Node.js of ${wanted}` };
}

/** Alternatives of `^1.2.3` (this major version, from there on) and `>=1.2` (from there on), with `||` between. */
export function satisfiesRange(version: string, range: string): boolean {
  return range.split('||').some((alternative) => {
    const least = alternative.replace(/^\D+/, '').trim();
    const sameMajor = version.split('.')[0] === least.split('.')[0];
    return compareVersions(version, least) >= 0 && (sameMajor || alternative.includes('>='));
  });
}

export function checkCores(): CheckResult {
  const cores = availableParallelism();
  const detail = `${cores} for worker threads`;
  if (cores > 1) return { status: 'ok', detail };
  return { status: 'warn', detail, advice: 'patches are cut one at a time; more cores cut more at once' };
}

export function checkMemory(): CheckResult {
  const usable = getUsableMemory();
  const detail = `${formatBytes(usable)} usable, ${formatBytes(Math.min(freemem(), usable))} free`;
  if (usable >= LITTLE_MEMORY) return { status: 'ok', detail };
  return { status: 'warn', detail, advice: 'use fewer --workers and a lower --max-pixels' };
}

export async function checkTemporaryFolder(): Promise<CheckResult> {
  const folder = tmpdir();
  const path = join(folder, `slideloom-doctor-${randomBytes(6).toString('hex')}`);
  const advice = 'set TMPDIR (Windows: TEMP) to a folder that can be written';
  try {
    await writeFile(path, 'slideloom', { flag: 'wx' });
    const back = await readFile(path, 'utf8');
    if (back !== 'slideloom') return { status: 'fail', detail: `${folder} gives back other bytes`, advice };
    return { status: 'ok', detail: `${folder} can be written` };
  } catch (error) {
    return { status: 'fail', detail: `${folder}: ${error instanceof Error ? error.message : error}`, advice };
  } finally {
    await rm(path, { force: true });
  }
}

/** Of dotted numbers: below 0 where `a` is older. */
export function compareVersions(a: string, b: string): number {
  const [left, right] = [a, b].map((version) => version.split('.').map((part) => Number.parseInt(part, 10) || 0));
  for (let i = 0; i < 3; i++) {
    const difference = (left?.[i] ?? 0) - (right?.[i] ?? 0);
    if (difference !== 0) return difference;
  }
  return 0;
}
