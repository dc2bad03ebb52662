/**
 * Decides whether a stage has to run in its folder: it is done, is taken up where it stopped, or begins anew. Only the
 * holder of the folder's lease may call it.
 */
import { mkdir, rm, rmdir, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { canonicalJson } from './canonical-json.ts';
import { hashFile, hashOptions } from './hash.ts';
import { type JournalContent, type JournalItem, readJournal, removeJournal } from './journal.ts';
import { toOutputError } from './output-error.ts';
import { type FoundRecord, type InputIdentity, type OutputFile, type RunRecord, readRecord } from './run-record.ts';
import { type StageIdentity, type StageRun, startStage } from './stage-run.ts';

export interface StageSettings {
  /** The stage's own folder, made when missing: one record a folder. */
  folder: string;
  stage: string;
  /** Version of slideloom. A done stage of another version stays done; an unfinished one begins anew. */
  version: string;
  input: InputIdentity;
  /** Every option that has a say in the outputs, as JSON values; not the number of workers. */
  options: Readonly<Record<string, unknown>>;
  /**
   * Called before a fresh run's record is written, so that a process killed meanwhile calls it again. `replaced`: outputs of
   * other options or another input lie there, and those that the record does not list have to go too. What it returns of them
   * counts on: it is in the journal before the record is written.
   */
  onFresh?: (replaced: boolean) => Promise<readonly JournalItem[]>;
  /** Read every output of a done stage and compare its hash, instead of its size only. Default false. */
  verifyHashes?: boolean;
}

export type OpenedStage =
  | { readonly state: 'done'; readonly record: RunRecord }
  | { readonly state: 'resume'; readonly run: StageRun }
  | {
      readonly state: 'fresh';
      readonly run: StageRun;
      /** Why an earlier run does not count, for the log; undefined when there was none. */
      readonly reason: string | undefined;
      /** Options that differ from the earlier run's, by their library names. */
      readonly changedOptions: readonly string[];
    };

/** Files looked up side by side. */
const LOOKUPS = 256;

/** @throws OutputError where the folder can't be read or written */
export async function openStage(settings: StageSettings): Promise<OpenedStage> {
  const { folder, stage, version, input } = settings;
  const options = JSON.parse(canonicalJson(settings.options)) as Record<string, unknown>;
  const identity: StageIdentity = { stage, slideloom: version, input, options, optionsHash: hashOptions(options) };
  await mkdir(folder, { recursive: true }).catch((cause: unknown) => {
    throw toOutputError(folder, cause);
  });
  const found = await readRecord(folder);
  const change = describeChange(found, identity);
  if (found.kind === 'none' || change)
    return beginAnew(settings, identity, { found, change, replaced: change !== undefined });
  if (found.kind === 'record' && found.record.status !== 'done') return resume(folder, identity, found.record);
  return settle(settings, identity, found);
}

/** Whether every listed output is there with its size, and with its hash where that is asked: the first that is not. */
export async function findDamagedOutput(
  folder: string,
  outputs: readonly OutputFile[],
  verifyHashes = false,
): Promise<string | undefined> {
  const sizes = await getSizes(folder, outputs);
  for (const [i, { path, size, sha256 }] of outputs.entries())
    if (sizes[i] !== size || (verifyHashes && (await hashFile(join(folder, path))) !== sha256)) return path;
  return undefined;
}

export interface Change {
  readonly reason: string;
  readonly changedOptions: readonly string[];
}

/** Why an earlier record is not of this very work; undefined when it is, or when there is none. */
export function describeChange(found: FoundRecord, now: StageIdentity): Change | undefined {
  if (found.kind === 'none') return undefined;
  if (found.kind === 'damaged') return { reason: `the record is damaged (${found.reason})`, changedOptions: [] };
  const { record } = found;
  if (record.stage !== now.stage) return { reason: `the record is of the stage ${record.stage}`, changedOptions: [] };
  const changedOptions = listChangedOptions(record.options, now.options);
  if (changedOptions.length > 0 || record.optionsHash !== now.optionsHash)
    return { reason: `options changed (${changedOptions.join(', ') || 'the hash differs'})`, changedOptions };
  if (canonicalJson(record.input) !== canonicalJson(now.input)) return { reason: 'the input changed', changedOptions };
  if (record.status !== 'done' && record.slideloom !== now.slideloom)
    return { reason: `the unfinished run is of slideloom ${record.slideloom}`, changedOptions };
  return undefined;
}

function listChangedOptions(
  before: Readonly<Record<string, unknown>>,
  now: Readonly<Record<string, unknown>>,
): string[] {
  const names = new Set([...Object.keys(before), ...Object.keys(now)]);
  return [...names].filter((name) => JSON.stringify(before[name]) !== JSON.stringify(now[name])).sort();
}

async function beginAnew(
  { folder, onFresh }: StageSettings,
  identity: StageIdentity,
  earlier: { found: FoundRecord; change: Change | undefined; replaced: boolean; inherited?: readonly string[] },
): Promise<OpenedStage> {
  const carried = (await onFresh?.(earlier.replaced)) ?? [];
  const journal = await readJournal(folder);
  await removeOutputs(folder, listOutputs(earlier.found, journal));
  await removeJournal(folder);
  const run = await startStage({ folder, identity, inherited: earlier.inherited ?? [], carried });
  const { reason, changedOptions = [] } = earlier.change ?? { reason: undefined };
  return { state: 'fresh', run, reason, changedOptions };
}

async function resume(folder: string, identity: StageIdentity, record: RunRecord): Promise<OpenedStage> {
  const { items, soundBytes } = await readJournal(folder);
  const finished = new Map<number, JournalItem>();
  const sizes = await getSizes(folder, items);
  // An item without a file has nothing to lose.
  for (const [i, item] of items.entries())
    if (item.path === undefined || sizes[i] === item.size) finished.set(item.index, item);
  const startedAt = record.volatile.resumedFrom?.startedAt ?? record.volatile.startedAt;
  const resumedFrom = { startedAt, finishedItems: finished.size };
  const inherited = record.outputs.map((output) => output.path);
  return { state: 'resume', run: await startStage({ folder, identity, inherited, finished, soundBytes, resumedFrom }) };
}

/** A record that says done counts if its outputs are in place. If not, all is done again; what is sound stays untouched. */
async function settle(settings: StageSettings, identity: StageIdentity, found: FoundRecord): Promise<OpenedStage> {
  const { folder, verifyHashes } = settings;
  if (found.kind !== 'record') return beginAnew(settings, identity, { found, change: undefined, replaced: false });
  const damaged = await findDamagedOutput(folder, found.record.outputs, verifyHashes);
  await removeJournal(folder);
  if (damaged === undefined) return { state: 'done', record: found.record };
  const change = { reason: `the output ${damaged} is missing or damaged`, changedOptions: [] };
  if (found.record.slideloom !== identity.slideloom)
    return beginAnew(settings, identity, { found, change, replaced: true });
  const inherited = found.record.outputs.map((output) => output.path);
  return beginAnew(settings, identity, { found: { kind: 'none' }, change, replaced: false, inherited });
}

function listOutputs(found: FoundRecord, journal: JournalContent): Set<string> {
  const recorded = found.kind === 'record' ? found.record.outputs : found.kind === 'damaged' ? found.outputs : [];
  const journaled = journal.items.flatMap((item) => item.path ?? []);
  return new Set([...recorded.map((output) => output.path), ...journaled, ...journal.announced]);
}

/** Removes these files, and the folders that become empty by it. */
async function removeOutputs(folder: string, paths: ReadonlySet<string>): Promise<void> {
  const folders = new Set<string>();
  for (const path of paths) {
    const file = join(folder, path);
    await rm(file, { force: true }).catch((cause: unknown) => {
      throw toOutputError(file, cause);
    });
    for (let up = dirname(path); up !== '.'; up = dirname(up)) folders.add(up);
  }
  const deepestFirst = [...folders].sort((a, b) => b.length - a.length);
  for (const name of deepestFirst) await rmdir(join(folder, name)).catch(() => undefined);
}

/** The size of each file, undefined where there is none. Side by side, as a network share answers slowly. */
async function getSizes(
  folder: string,
  files: readonly { path?: string | undefined }[],
): Promise<(number | undefined)[]> {
  const sizes: (number | undefined)[] = [];
  for (let at = 0; at < files.length; at += LOOKUPS) {
    const some = files.slice(at, at + LOOKUPS);
    sizes.push(
      ...(await Promise.all(some.map(({ path }) => (path === undefined ? undefined : getSize(join(folder, path)))))),
    );
  }
  return sizes;
}

async function getSize(path: string): Promise<number | undefined> {
  const status = await stat(path).catch(() => undefined);
  return status?.isFile() ? status.size : undefined;
}
