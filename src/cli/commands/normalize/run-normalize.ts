import { stat } from 'node:fs/promises';
import { availableParallelism } from 'node:os';
import { extname, join, resolve } from 'node:path';
import type { PictureFormatChoice } from '../../../preprocessing/normalize-files/options.ts';
import { countPixels } from '../../../preprocessing/normalize-files/read-picture-file.ts';
import { sweepTemporary } from '../../../utils/atomic-file.ts';
import { OptionError } from '../../../utils/errors.ts';
import { acquireLease } from '../../../utils/lease.ts';
import type { CommandContext, CommandExit } from '../../define-command.ts';
import { createNormalizers, type Normalizers } from './create-normalizers.ts';
import { findPictures, type NormalizeInput } from './find-pictures.ts';
import { formatEntry, formatSummary, summarize } from './format-normalize.ts';
import type { NormalizeEntry } from './normalize-entry.ts';
import { type NormalizeTask, normalizeOne } from './normalize-one.ts';
import type { NormalizeSettings } from './normalize-settings.ts';
import { checkOutputNames, nameOutput } from './output-names.ts';
import { openResultTable, TABLE_NAME } from './result-table.ts';
import { runTogether } from './run-together.ts';
import { writeSheet } from './write-sheet.ts';

const SHEET_NAME = 'contact-sheet.jpg';
const CACHE_NAME = 'stain-profiles';
/** libuv decodes and encodes on four threads; large pictures wait for each other, so that memory stays below 256 MB. */
const PICTURES_AT_ONCE = 4;
const PIXELS_AT_ONCE = 2 ** 24;
/** For `--sheet`. */
const NO_SHEET = 'none';

/** Normalises pictures, several at a time, then slides: one that fails does not stop the others. @throws OptionError, AbortedError ... */
export async function runNormalize(
  inputs: readonly string[],
  settings: NormalizeSettings,
  context: CommandContext,
): Promise<CommandExit> {
  const { mpp, mppCsv, out } = settings;
  const found = await findPictures(inputs, { mpp, mppCsv, out, onWarning: context.log.warn });
  // Pictures first: each kind has its own progress.
  const sorted = [...found].sort((a, b) => Number(a.kind === 'slide') - Number(b.kind === 'slide'));
  if (sorted.length > 1 || (await isFolder(out)) || (await isFolder(inputs[0] ?? '')))
    return runFolder(sorted, settings, context);
  const [input] = sorted;
  return input ? runSingle(input, settings, context) : 0;
}

async function runSingle(
  input: NormalizeInput,
  given: NormalizeSettings,
  context: CommandContext,
): Promise<CommandExit> {
  const { out } = given;
  const named = formatOf(out);
  const format = given.format ?? named;
  if (input.kind === 'picture' && named && format !== 'same' && format !== named)
    throw new OptionError('--format', `${named}, as --out says, or another --out`, format);
  const settings = { ...given, ...(format && { format }) };
  const cache = settings.profileCache;
  const normalizers = await createNormalizers({ inputs: [input], settings, cache, context });
  const task = { input, output: out, path: resolve(out) };
  const entry = await normalizeOne(task, { settings, normalizers, table: undefined, context });
  const sheet = given.sheet === undefined || given.sheet === NO_SHEET ? undefined : given.sheet;
  await finish([entry], { settings, normalizers, tasks: [task], sheet, table: undefined }, context);
  return entry.status === 'failed' ? 1 : 0;
}

async function runFolder(
  inputs: readonly NormalizeInput[],
  settings: NormalizeSettings,
  context: CommandContext,
): Promise<CommandExit> {
  const { out, format = 'same', convert } = settings;
  const { layout = 'bigtiff' } = convert;
  const tasks = inputs.map((input): NormalizeTask => {
    const output = nameOutput(input, { format, layout });
    return { input, output, path: resolve(out, output) };
  });
  checkOutputNames(tasks.map(({ input, output }) => ({ path: input.path, output })));
  await using lease = await acquireLease(out);
  await sweepTemporary(out);
  using table = await openResultTable(out);
  const cache = settings.profileCache ?? join(out, CACHE_NAME);
  const normalizers = await createNormalizers({ inputs, settings, cache, context });
  const run = (task: NormalizeTask) => {
    context.signal.throwIfAborted();
    lease.signal.throwIfAborted();
    return normalizeOne(task, { settings, normalizers, table, context });
  };
  const pictures = tasks.filter(({ input }) => input.kind === 'picture');
  const entries = await runPictures(pictures, run, context);
  for (const task of tasks.slice(pictures.length)) entries.push(await run(task));
  await table.finish();
  const sheet = settings.sheet === NO_SHEET ? undefined : (settings.sheet ?? join(out, SHEET_NAME));
  await finish(entries, { settings, normalizers, tasks, sheet, table: join(out, TABLE_NAME) }, context);
  return entries.some(({ status }) => status === 'failed') ? 1 : 0;
}

/** Several at a time: while one is decoded or encoded by other threads, the stains of another are found. */
async function runPictures(
  tasks: readonly NormalizeTask[],
  run: (task: NormalizeTask) => Promise<NormalizeEntry>,
  context: CommandContext,
): Promise<NormalizeEntry[]> {
  using progress = context.createProgress({ label: 'normalize', unit: 'pictures', total: tasks.length });
  let done = 0;
  const entries = await runTogether(tasks, {
    ...{ most: PIXELS_AT_ONCE, atOnce: Math.min(PICTURES_AT_ONCE, availableParallelism()) },
    weigh: ({ input }) => countPixels(input.path),
    run: async (task) => {
      const entry = await run(task);
      done += 1;
      progress.update(done);
      return entry;
    },
  });
  progress.done();
  return entries;
}

interface Run {
  readonly settings: NormalizeSettings;
  readonly normalizers: Normalizers;
  readonly tasks: readonly NormalizeTask[];
  readonly sheet: string | undefined;
  readonly table: string | undefined;
}

/** The sheet and the result. */
async function finish(entries: readonly NormalizeEntry[], run: Run, context: CommandContext): Promise<void> {
  const { settings, normalizers, tasks, sheet, table } = run;
  const { method } = settings;
  const shown = entries.flatMap((entry, index) => {
    const task = tasks[index];
    return task && entry.status !== 'failed' ? [{ entry, task }] : [];
  });
  const [first] = normalizers.target.inputs;
  const target = first?.name ?? normalizers.target.of;
  if (sheet !== undefined && shown.length > 0)
    await writeSheet(sheet, shown, { settings, title: `${method}, target: ${target}; before and after`, context });
  const written = sheet !== undefined && shown.length > 0 ? sheet : undefined;
  if (context.json) {
    context.stdout({ method, target, images: entries, ...summarize(entries), sheet: written, table });
    return;
  }
  for (const entry of entries)
    if (entry.status === 'failed' || entry.kind === 'slide' || !table) context.stdout(formatEntry(entry));
  const summary = formatSummary(entries, { sheet: written, table });
  if (summary !== '') context.stdout(summary);
}

function formatOf(path: string): PictureFormatChoice | undefined {
  const formats: Readonly<Record<string, PictureFormatChoice>> = {
    ...{ '.png': 'png', '.jpg': 'jpeg', '.jpeg': 'jpeg', '.tif': 'tiff', '.tiff': 'tiff' },
  };
  return formats[extname(path).toLowerCase()];
}

async function isFolder(path: string): Promise<boolean> {
  if (/[/\\]$/.test(path)) return true;
  return stat(path).then(
    (stats) => stats.isDirectory(),
    () => false,
  );
}
