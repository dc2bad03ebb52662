import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { writeFileAtomic } from '../../../src/utils/atomic-file.ts';
import { OutputError } from '../../../src/utils/errors.ts';
import { JOURNAL_NAME } from '../../../src/utils/journal.ts';
import { type OpenedStage, openStage, type StageSettings } from '../../../src/utils/open-stage.ts';
import { RECORD_NAME, type RunRecord, readRecord } from '../../../src/utils/run-record.ts';
import { useScratch } from './fixtures/scratch.ts';

const scratch = useScratch();
const input = { name: 'a.svs', size: 100, mtimeMs: 1234.5, quickHash: 'ff' };

function settings(folder: string, change: Partial<StageSettings> = {}): StageSettings {
  return { folder, stage: 'patches', version: '1.0.0', input, options: { size: 256, mpp: 0.5 }, ...change };
}

/** The run of a stage that is expected to have work. */
function running(opened: OpenedStage) {
  if (opened.state === 'done') throw new Error('expected work');
  return opened.run;
}

async function put(folder: string, index: number) {
  const path = `patches/${index}.png`;
  const { bytes, sha256 } = await writeFileAtomic(join(folder, path), `patch ${index}`);
  return { index, path, size: bytes, sha256 };
}

/** A done stage of three patches. */
async function complete(folder: string, change: Partial<StageSettings> = {}): Promise<RunRecord> {
  const run = running(await openStage(settings(folder, change)));
  const outputs = [];
  for (const index of [2, 0, 1]) outputs.push(await put(folder, index));
  run.append(outputs);
  return run.finish({ counts: { patches: 3 }, outputs, notices: ['mpp from the objective'] });
}

test('a stage runs, is recorded, and is done the next time', async () => {
  const folder = scratch();
  const first = await openStage(settings(folder));
  expect(first).toMatchObject({ state: 'fresh', reason: undefined, changedOptions: [] });
  expect(await readRecord(folder)).toMatchObject({ kind: 'record', record: { status: 'running', outputs: [] } });
  running(first)[Symbol.dispose]();
  const record = await complete(folder);
  expect(record).toMatchObject({ status: 'done', counts: { patches: 3 }, slideloom: '1.0.0', input });
  expect(record.outputs.map((output) => output.path)).toEqual(['patches/0.png', 'patches/1.png', 'patches/2.png']);
  expect(record.volatile.wallSeconds).toBeGreaterThan(0);
  expect(record.volatile.peakMemoryBytes).toBeGreaterThan(1e7);
  expect(readdirSync(folder).sort()).toEqual(['patches', RECORD_NAME]);
  const again = await openStage(
    settings(folder, { options: { mpp: 0.5, size: 256, none: undefined }, verifyHashes: true }),
  );
  expect(again).toEqual({ state: 'done', record });
});

test('two identical runs differ under `volatile` only', async () => {
  const read = async (folder: string) => {
    await complete(folder);
    const { volatile, ...rest } = JSON.parse(readFileSync(join(folder, RECORD_NAME), 'utf8')) as RunRecord;
    expect(volatile.pid).toBe(process.pid);
    return JSON.stringify(rest);
  };
  expect(await read(scratch())).toBe(await read(scratch()));
});

test('an interrupted stage is taken up with the items whose files are whole', async () => {
  const folder = scratch();
  const first = running(await openStage(settings(folder)));
  first.append([await put(folder, 0), await put(folder, 1), { index: 5, skipped: 'bad tile' }]);
  first.append([await put(folder, 2), await put(folder, 3)]);
  first[Symbol.dispose](); // as a killed process leaves it
  rmSync(join(folder, 'patches/1.png'));
  writeFileSync(join(folder, 'patches/2.png'), 'short');
  const second = await openStage(settings(folder));
  expect(second.state).toBe('resume');
  const run = running(second);
  expect([...run.finished.keys()]).toEqual([0, 5, 3]);
  expect(run.finished.get(5)).toEqual({ index: 5, skipped: 'bad tile' });
  const record = await run.finish();
  expect(record.volatile.resumedFrom).toMatchObject({ finishedItems: 3 });
  expect(existsSync(join(folder, JOURNAL_NAME))).toBe(false);
});

test('a failed stage says why, and goes on from there', async () => {
  const folder = scratch();
  const run = running(await openStage(settings(folder)));
  run.append([await put(folder, 0)]);
  const record = await run.fail(new OutputError('/out', 'the disk is full', { hint: 'free some' }));
  expect(record).toMatchObject({
    status: 'failed',
    error: { tag: 'output', message: '/out: the disk is full', hint: 'free some' },
  });
  const next = await openStage(settings(folder));
  expect(next.state).toBe('resume');
  const second = running(next);
  expect(second.finished.size).toBe(1);
  expect((await second.fail('odd')).error).toEqual({ tag: 'unexpected', message: 'odd' });
});

test('a changed option removes what the old run made, and only that', async () => {
  const folder = scratch();
  await complete(folder);
  writeFileSync(join(folder, 'notes.txt'), 'mine');
  const opened = await openStage(settings(folder, { options: { size: 512, mpp: 0.5, stride: 1 } }));
  expect(opened).toMatchObject({
    state: 'fresh',
    reason: 'options changed (size, stride)',
    changedOptions: ['size', 'stride'],
  });
  running(opened)[Symbol.dispose]();
  expect(readdirSync(folder).sort()).toEqual([JOURNAL_NAME, 'notes.txt', RECORD_NAME]);
});

test('a folder with files of the user in it stays', async () => {
  const folder = scratch();
  await complete(folder);
  writeFileSync(join(folder, 'patches', 'mine.png'), 'mine');
  running(await openStage(settings(folder, { options: {} })))[Symbol.dispose]();
  expect(readdirSync(join(folder, 'patches'))).toEqual(['mine.png']);
});

test('options changed after a kill: journaled and announced files go, those of nobody stay', async () => {
  const folder = scratch();
  const run = running(await openStage(settings(folder)));
  run.announce(['patches/0.png', 'patches/1.png', 'patches/2.png']);
  run.append([await put(folder, 0)]);
  await put(folder, 1); // written, and killed before its journal line
  await put(folder, 9); // not of this run
  run[Symbol.dispose]();
  running(await openStage(settings(folder, { options: { size: 1 } })))[Symbol.dispose]();
  expect(readdirSync(join(folder, 'patches'))).toEqual(['9.png']);
});

test.each([
  ['the size', { size: 101 }],
  ['the modification time', { mtimeMs: 1 }],
  ['the content', { quickHash: '00' }],
  ['the name', { name: 'b.svs' }],
])('a new input (%s) begins anew', async (_name, change) => {
  const folder = scratch();
  await complete(folder);
  const opened = await openStage(settings(folder, { input: { ...input, ...change } }));
  expect(opened).toMatchObject({ state: 'fresh', reason: 'the input changed' });
  running(opened)[Symbol.dispose]();
  expect(existsSync(join(folder, 'patches'))).toBe(false);
});

test('a done stage outlives a new version; an unfinished one does not', async () => {
  const folder = scratch();
  await complete(folder);
  expect((await openStage(settings(folder, { version: '1.1.0' }))).state).toBe('done');
  const other = scratch();
  running(await openStage(settings(other)))[Symbol.dispose]();
  const opened = await openStage(settings(other, { version: '1.1.0' }));
  expect(opened).toMatchObject({ state: 'fresh', reason: 'the unfinished run is of slideloom 1.0.0' });
  running(opened)[Symbol.dispose]();
});

test('a missing or shortened output means all anew; what is sound is not written twice; nothing is orphaned', async () => {
  const folder = scratch();
  await complete(folder);
  const sound = statSync(join(folder, 'patches/0.png')).mtimeMs;
  writeFileSync(join(folder, 'patches/1.png'), 'x');
  const opened = await openStage(settings(folder));
  expect(opened).toMatchObject({ state: 'fresh', reason: 'the output patches/1.png is missing or damaged' });
  const run = running(opened);
  expect((await put(folder, 0)).size).toBe(7);
  expect(statSync(join(folder, 'patches/0.png')).mtimeMs).toBe(sound);
  run[Symbol.dispose](); // killed before patch 2 was looked at again
  running(await openStage(settings(folder, { options: {} })))[Symbol.dispose]();
  expect(existsSync(join(folder, 'patches'))).toBe(false);
});

test('an output changed at the same size is found when hashes are asked for', async () => {
  const folder = scratch();
  await complete(folder);
  writeFileSync(join(folder, 'patches/1.png'), 'PATCH 1');
  expect((await openStage(settings(folder))).state).toBe('done');
  const opened = await openStage(settings(folder, { verifyHashes: true }));
  expect(opened.state).toBe('fresh');
  running(opened)[Symbol.dispose]();
});

test('a damaged record begins anew; the outputs it can still name are removed, none outside the folder', async () => {
  const folder = scratch();
  const record = await complete(folder);
  const outside = join(scratch(), 'precious');
  writeFileSync(outside, 'x');
  const outputs = [
    ...record.outputs,
    { path: outside, size: 1, sha256: '' },
    { path: '../precious', size: 1, sha256: '' },
  ];
  writeFileSync(join(folder, RECORD_NAME), JSON.stringify({ ...record, status: 'dancing', outputs }));
  const opened = await openStage(settings(folder));
  expect(opened).toMatchObject({ state: 'fresh', reason: expect.stringContaining('the record is damaged (status') });
  running(opened)[Symbol.dispose]();
  expect(existsSync(outside)).toBe(true);
  expect(existsSync(join(folder, 'patches'))).toBe(false);

  writeFileSync(join(folder, RECORD_NAME), '{"schema":');
  const torn = await openStage(settings(folder));
  expect(torn).toMatchObject({ state: 'fresh', reason: 'the record is damaged (it is not JSON)' });
  running(torn)[Symbol.dispose]();
});

test('a journal left behind by a process that died right after its record was done is removed', async () => {
  const folder = scratch();
  await complete(folder);
  writeFileSync(join(folder, JOURNAL_NAME), '{"index":0}\n');
  expect((await openStage(settings(folder))).state).toBe('done');
  expect(existsSync(join(folder, JOURNAL_NAME))).toBe(false);
});

test('a folder that can not be one is an OutputError, and nothing stays open', async () => {
  const folder = scratch();
  writeFileSync(join(folder, 'file'), '');
  await expect(openStage(settings(join(folder, 'file')))).rejects.toMatchObject({ tag: 'output' });
  mkdirSync(join(folder, RECORD_NAME));
  await expect(openStage(settings(folder))).rejects.toMatchObject({ tag: 'output' });
});
