import {
  createComparisonSheet,
  type SheetPair,
  shrinkForSheet,
} from '../../../preprocessing/normalize-files/comparison-sheet.ts';
import { readSlidePairs } from '../../../preprocessing/normalize-files/read-slide-pairs.ts';
import { openSlide } from '../../../slide/open-slide.ts';
import { writeFileAtomic } from '../../../utils/atomic-file.ts';
import type { CommandContext } from '../../define-command.ts';
import type { NormalizeEntry } from './normalize-entry.ts';
import type { NormalizeTask } from './normalize-one.ts';
import type { NormalizeSettings } from './normalize-settings.ts';

/** Pairs on a sheet, and patches of one slide. */
const MOST_PAIRS = 48;
const MOST_PATCHES = 8;

/** A task and what came of it; none that failed. */
export interface ShownTask {
  readonly task: NormalizeTask;
  readonly entry: NormalizeEntry;
}

interface SheetFacts {
  readonly settings: NormalizeSettings;
  readonly title: string;
  readonly context: CommandContext;
}

/** Pictures and slides spread evenly over the run. One of them is in memory at a time, besides the sheet. @throws OutputError */
export async function writeSheet(path: string, all: readonly ShownTask[], facts: SheetFacts): Promise<void> {
  const slides = all.filter(({ task }) => task.input.kind === 'slide').length;
  const patches = Math.max(1, Math.min(MOST_PATCHES, Math.floor(MOST_PAIRS / Math.max(1, all.length))));
  const shown = chooseEvenly(all, slides === all.length ? Math.floor(MOST_PAIRS / patches) : MOST_PAIRS);
  const pairs: SheetPair[] = [];
  for (const one of shown) {
    facts.context.signal.throwIfAborted();
    if (one.task.input.kind === 'slide') pairs.push(...(await readPatches(one, patches, facts)));
    else pairs.push(await readPictures(one));
  }
  const rest = all.length > shown.length ? ` (${shown.length} of ${all.length})` : '';
  await writeFileAtomic(path, await createComparisonSheet(pairs, `${facts.title}${rest}`));
}

async function readPictures({ task, entry }: ShownTask): Promise<SheetPair> {
  const [before, after] = [await shrinkForSheet(task.input.path), await shrinkForSheet(task.path)];
  return { before, after, name: task.input.name, note: describe(entry) };
}

async function readPatches({ task, entry }: ShownTask, count: number, facts: SheetFacts): Promise<SheetPair[]> {
  const { settings, context } = facts;
  const { path: shown, address = shown, mpp } = task.input.slide ?? { path: task.input.path, mpp: undefined };
  await using before = await openSlide(address, { ...settings.slide, mpp });
  await using after = await openSlide(task.path);
  const pairs = await readSlidePairs({ before, after }, { count, seed: settings.seed, signal: context.signal });
  return pairs.map(({ x, y, ...pair }) => ({
    ...pair,
    name: task.input.name,
    note: `x ${x}, y ${y}; ${describe(entry)}`,
  }));
}

function describe(entry: NormalizeEntry): string {
  return entry.status === 'kept' ? `kept: ${entry.reason}` : entry.status;
}

function chooseEvenly<T>(all: readonly T[], most: number): readonly T[] {
  if (all.length <= most) return all;
  return Array.from({ length: most }, (_, i) => all[Math.floor(((i + 0.5) * all.length) / most)]).flatMap(
    (one) => one ?? [],
  );
}
