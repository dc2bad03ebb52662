import { rm, stat } from 'node:fs/promises';
import { resolve } from 'node:path';
import { normalizePicture, normalizeSlide } from '../../../preprocessing/normalize-files.ts';
import type { StainNormalizer } from '../../../preprocessing/stain-normalization.ts';
import { openSlide } from '../../../slide/open-slide.ts';
import { OutputError } from '../../../utils/errors.ts';
import { hashOptions } from '../../../utils/hash.ts';
import type { CommandContext } from '../../define-command.ts';
import { describeError } from '../../describe-error.ts';
import { dropUndefined } from '../../options/convert.ts';
import type { Normalizers } from './create-normalizers.ts';
import type { NormalizeInput } from './find-pictures.ts';
import type { NormalizeEntry } from './normalize-entry.ts';
import type { NormalizeSettings } from './normalize-settings.ts';
import type { ResultRow, ResultTable } from './result-table.ts';

export interface NormalizeWork {
  readonly settings: NormalizeSettings;
  readonly normalizers: Normalizers;
  /** Undefined where a single file is written. */
  readonly table: ResultTable | undefined;
  readonly context: CommandContext;
}

/** An input and where it goes: the name in the output folder, and the path. */
export interface NormalizeTask {
  readonly input: NormalizeInput;
  readonly output: string;
  readonly path: string;
}

type Done = Extract<NormalizeEntry, { status: 'normalized' | 'kept' }>;
type Written = Omit<Done, 'input' | 'output' | 'kind' | 'earlier'>;

/** Never rejects but for an interrupt: a fault of one input is its entry. @throws AbortedError */
export async function normalizeOne(task: NormalizeTask, work: NormalizeWork): Promise<NormalizeEntry> {
  const { input, output, path } = task;
  const { table, context } = work;
  const base = { input: input.path, output: path, kind: input.kind };
  const row = { input: input.name, output, kind: input.kind };
  let key = '';
  try {
    const { written, earlier } = await (input.kind === 'slide' ? doSlide : doPicture)(task, work, (found) => {
      key = found;
      table?.append({ ...row, status: 'started', reason: '', key });
    });
    const { status, reason = '', width, height, bytes } = written;
    if (!earlier) table?.append({ ...row, status, reason, width, height, bytes, key });
    return { ...base, ...written, ...(earlier && { earlier }) };
  } catch (error) {
    context.signal.throwIfAborted();
    context.log.debug(`${input.path} failed`, { error });
    const described = describeError(error);
    const earlier = table?.earlier.get(output);
    // What an earlier run made of it is no longer what was asked for; where this one did not get so far, it is there still.
    if (key !== '' && isOwn(earlier)) await rm(path, { force: true });
    table?.append({ ...row, status: 'failed', reason: described.message, key: key === '' ? (earlier?.key ?? '') : '' });
    return { ...base, status: 'failed', error: described };
  }
}

interface Outcome {
  readonly written: Written;
  readonly earlier?: true;
}
/** Called when the output is about to be written. */
type Start = (key: string) => void;

async function doPicture({ input, output, path }: NormalizeTask, work: NormalizeWork, start: Start): Promise<Outcome> {
  const { settings, normalizers, table } = work;
  const { format, quality, onDegenerate } = settings;
  const normalizer = await normalizers.forPicture(input);
  const { size, mtimeMs } = await stat(input.path).catch(() => ({ size: 0, mtimeMs: 0 }));
  const key = createKey(normalizer, { size, mtimeMs: Math.round(mtimeMs), format, quality, onDegenerate });
  const row = table?.earlier.get(output);
  if (row && (await isDone(row, key, path))) return { written: toWritten(row), earlier: true };
  await checkPlace(input.path, path, settings.overwrite || isOwn(row));
  start(key);
  const {
    path: _path,
    reason,
    ...written
  } = await normalizePicture(input.path, path, {
    ...dropUndefined({ format, quality }),
    normalizer,
  });
  return { written: { ...written, ...(reason && { reason }) } };
}

async function doSlide({ input, output, path }: NormalizeTask, work: NormalizeWork, start: Start): Promise<Outcome> {
  const { settings, normalizers, table, context } = work;
  const { path: shown, address = shown, mpp } = input.slide ?? { path: input.path, mpp: undefined };
  await using slide = await openSlide(address, { ...settings.slide, mpp });
  const normalizer = await normalizers.forSlide(input, slide);
  const key = createKey(normalizer, {
    ...slide.identity,
    mpp: slide.mpp,
    icc: slide.icc,
    plane: slide.plane,
    onDegenerate: settings.onDegenerate,
    ...settings.convert,
  });
  const row = table?.earlier.get(output);
  if (row && (await isDone(row, key, path))) return { written: toWritten(row), earlier: true };
  const overwrite = settings.overwrite || isOwn(row);
  await checkPlace(input.path, path, overwrite);
  start(key);
  let progress: ReturnType<typeof context.createProgress> | undefined;
  const onProgress = ({ done, total }: { done: number; total: number }) => {
    progress ??= context.createProgress({ label: input.name, unit: 'tiles', total });
    progress.update(done);
  };
  try {
    const options = { ...settings.convert, normalizer, overwrite, signal: context.signal, onProgress };
    const { status, reason, bytes, notices, badTiles } = await normalizeSlide(slide, path, options);
    const { width, height } = slide;
    const told = { status, width, height, bytes, notices, badTiles: badTiles.length };
    return { written: { ...told, ...(reason && { reason }) } };
  } finally {
    progress?.done();
  }
}

/** All that has a say in the output. */
function createKey({ method, glass, implausible, target, profile }: StainNormalizer, facts: object): string {
  const source = profile ? (profile.statistics ?? profile.reason) : null;
  return hashOptions(
    JSON.parse(JSON.stringify({ method, glass, implausible, target: target.statistics, source, ...facts })),
  ).slice(0, 16);
}

async function isDone(row: ResultRow, key: string, path: string): Promise<boolean> {
  if (row.key !== key || (row.status !== 'normalized' && row.status !== 'kept')) return false;
  const size = await stat(path).then(
    (stats) => stats.size,
    () => undefined,
  );
  return size !== undefined && size === row.bytes;
}

function toWritten({ status, reason, width = 0, height = 0, bytes = 0 }: ResultRow): Written {
  const kept = status === 'kept';
  return { status: kept ? 'kept' : 'normalized', width, height, bytes, ...(kept && { reason }) };
}

/** Whether an earlier run wrote the file, or may have. */
function isOwn(row: ResultRow | undefined): boolean {
  return row !== undefined && row.key !== '';
}

/** @throws OutputError for the input itself, by whatever name, and for a file that must not be replaced */
async function checkPlace(input: string, path: string, overwrite: boolean): Promise<void> {
  const [from, there] = [await identify(input), await identify(path)];
  if (resolve(input) === resolve(path) || (there !== undefined && there === from))
    throw new OutputError(path, 'is the input itself', { hint: 'choose another --out' });
  if (there !== undefined && !overwrite)
    throw new OutputError(path, 'is there already', { hint: 'choose another --out, or --overwrite' });
}

/** Tells files apart that have several names; undefined where there is none. */
function identify(path: string): Promise<string | undefined> {
  return stat(path, { bigint: true }).then(
    ({ dev, ino }) => `${dev}:${ino}`,
    () => undefined,
  );
}
