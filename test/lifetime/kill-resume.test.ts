import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { AnnotationSet } from '../../src/preprocessing/xml-to-mask/annotation.ts';
import { writeMask } from '../../src/preprocessing/xml-to-mask.ts';
import { createSyntheticSlide } from '../../src/slide/synthetic-slide.ts';
import { chooseKillMoments, runBuiltCli, startCli } from '../support/run-cli.ts';
import { hashStableContent, listFiles, snapshotWrites } from '../support/snapshot-folder.ts';

// A run that is killed with SIGKILL at a random moment and started again leaves the bytes of an undisturbed one, writes no
// finished file a second time and leaves no temporary file; so does one that is killed again while it goes on. The moments
// are spread over the run; what they hit depends on the machine. Others: KILL_MOMENTS=0.31,0.77,...
const CONTAINERS = [
  { container: 'files', size: [], kills: 10, found: /images.*\.png$/, least: 100 },
  { container: 'files', size: [], labels: true, kills: 3, found: /images.*\.png$/, least: 100 },
  { container: 'files', size: [], stain: true, kills: 3, found: /images.*\.png$/, least: 100 },
  { container: 'shards', size: ['--shard-size', '12'], labels: true, kills: 6, found: /shard-\d+\.tar$/, least: 10 },
] as const satisfies readonly KillCase[];

/** Of a slide: some 75 patches. They are many for their pixels, as files are what a kill may tear. */
const SIZE = { width: 640, height: 512 };

interface KillCase {
  readonly container: string;
  readonly size: readonly string[];
  /** By a mask of each slide. */
  readonly labels?: boolean;
  /** By the stains of both slides together. */
  readonly stain?: boolean;
  readonly kills: number;
  readonly found: RegExp;
  readonly least: number;
}

let home: string;
let slides: string[];
beforeAll(async () => {
  home = mkdtempSync(join(tmpdir(), 'slideloom-kill-'));
  slides = [1, 2].map((seed) => join(home, `slide-${seed}.svs`));
  for (const [index, path] of slides.entries()) {
    await createSyntheticSlide(path, { ...SIZE, mpp: 1, seed: index + 1 });
    await writeMask(createDrawing(), SIZE, path.replace(/svs$/, 'tif'));
  }
});
afterAll(() => rmSync(home, { recursive: true, force: true }));

describe.each<KillCase>(CONTAINERS)('kill -9 and rerun: $container, labels $labels, stain $stain', (one) => {
  const { container, size, labels, stain, kills, found, least } = one;
  let folder: string;
  let expected: Record<string, string>;
  let wholeRun: number;

  const plan = ['--level', '0', '--size', '64', '--overlap', '16', '--container', container, ...size];
  const masks = () => (labels ? ['--mask', join(home, '{stem}.tif')] : []);
  const stains = stain ? ['--stain', 'macenko', '--stain-fit', 'cohort'] : [];
  const args = (out: string) => ['run', ...slides, '--out', out, ...plan, ...masks(), ...stains, '--quiet'];

  beforeAll(async () => {
    folder = mkdtempSync(join(home, 'runs-'));
    const reference = join(folder, 'reference');
    const clock = performance.now();
    const { code, stderr } = await runBuiltCli(args(reference));
    wholeRun = performance.now() - clock;
    expect(stderr).toBe('');
    expect(code).toBe(0);
    expected = hashStableContent(reference);
  });

  it('has something to kill', () => {
    const patches = Object.keys(expected).filter((file) => found.test(file));
    expect(patches.length).toBeGreaterThan(least);
  });

  it.each(pairMoments(kills))('at $moments of the run', async ({ moments }) => {
    const out = join(folder, `killed-${moments.join('-')}`);
    const seen: Map<string, string>[] = [];
    for (const moment of moments) {
      const { child, ended } = startCli(args(out));
      // From when Node is up to the end of the run.
      await sleep(150 + moment * (wholeRun - 150));
      child.kill('SIGKILL');
      await ended;
      seen.push(snapshotSafely(out));
    }
    const { code, stderr } = await runBuiltCli(args(out));
    expect(stderr).toBe('');
    expect(code).toBe(0);
    expect(hashStableContent(out)).toEqual(expected);
    expect(listFiles(out).filter((file) => /slideloom-|journal|ledger|tmp/.test(file))).toEqual([]);
    const after = snapshotWrites(out);
    expect(seen.map((before) => findRewritten(before, after))).toEqual(moments.map(() => []));
    rmSync(out, { recursive: true, force: true });
  });
});

/** An early and a late one for each folder, so that what is resumed is killed too. */
function pairMoments(kills: number): { moments: number[] }[] {
  const all = chooseKillMoments(kills);
  const pairs = all.slice(0, Math.ceil(all.length / 2));
  return pairs.map((moment, index) => ({ moments: [...new Set([moment, all.at(-1 - index) ?? moment])] }));
}

/** A slanted square of one class. */
function createDrawing(): AnnotationSet {
  const exterior = Float64Array.of(75, 50, 525, 100, 475, 450, 50, 375);
  const plain = { kind: 'polygon', negative: false, attributes: new Map() } as const;
  const regions = [{ ...plain, className: 'Tumor', polygons: [{ exterior, holes: [] }] }];
  return { format: 'drawn', source: 'drawn', notices: [], layers: [{ name: '', attributes: new Map(), regions }] };
}

function snapshotSafely(out: string): Map<string, string> {
  try {
    return snapshotWrites(out);
  } catch {
    return new Map(); // killed before the folder was made
  }
}

/** Files that were complete at the kill and are not the same file now. Records change state, the rest must not. */
function findRewritten(before: Map<string, string>, after: Map<string, string>): string[] {
  const temporary = /\.slideloom-|journal\.jsonl|patches\.ledger|record\.json|report\.html/;
  return [...before].filter(([file, id]) => !temporary.test(file) && after.get(file) !== id).map(([file]) => file);
}
