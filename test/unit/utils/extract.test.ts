import { spawnSync } from 'node:child_process';
import {
  existsSync,
  linkSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { AbortedError, isSlideloomError } from '../../../src/utils/errors.ts';
import { readJournalLines } from '../../../src/utils/extract/collect-journal.ts';
import { DISK_OPERATIONS } from '../../../src/utils/extract/file-operations.ts';
import { matchName, numberName } from '../../../src/utils/extract/match-name.ts';
import { walkFolder } from '../../../src/utils/extract/walk-folder.ts';
import { type CollectEvent, collectFiles, undoCollect } from '../../../src/utils/extract.ts';
import { sha256 } from '../../../src/utils/hash.ts';
import { crossDevices, killAfter, listContents, readTree, writeTree } from '../../support/collect-trees.ts';
import { describeWithMounts, mountTmpfs, useScratch } from './fixtures/scratch.ts';

const scratch = useScratch();

function createPlace(files: Readonly<Record<string, string>>) {
  const folder = scratch();
  const [source, out] = [join(folder, 'in'), join(folder, 'out')];
  mkdirSync(source);
  writeTree(source, files);
  return { folder, source, out };
}

const names = (folder: string) =>
  readdirSync(folder)
    .filter((name) => !name.startsWith('collect-journal'))
    .sort();

describe('names', () => {
  const ends = { extensions: ['.svs', '.ome.tif'], logSuffixes: ['_log.txt'] };
  it('fit in any case, whole extensions only, logs first', () => {
    const cases = { 'a.SVS': 'slide', 'a.Ome.Tif': 'slide', 'a.tif': undefined, '.svs': undefined, asvs: undefined };
    for (const [name, match] of Object.entries(cases)) expect(matchName(name, ends), name).toBe(match);
    expect(matchName('Run_LOG.txt', ends)).toBe('log');
    expect(matchName('a_log.txt', { ...ends, extensions: ['.txt'] })).toBe('log');
  });

  it('get their number before the whole extension', () => {
    expect(numberName('a.ome.tif', 2, ['.tif'])).toBe('a_2.ome.tif');
    expect(numberName('A.b.SVS', 1, ['.svs'])).toBe('A.b_1.SVS');
    expect(numberName('a.x.y', 1, ['.x.y'])).toBe('a_1.x.y');
    expect(numberName('run_log', 1, [])).toBe('run_log_1');
    expect(numberName('.log', 1, [])).toBe('.log_1');
    expect(numberName('a.svs', 0, [])).toBe('a.svs');
  });
});

describe('a collection', () => {
  it('moves what fits, in any case, and leaves the rest', async () => {
    const files = { 'a.svs': '1', 'x/b.SVS': '2', 'x/y/c.ome.tif': '3', 'x/d.tif': '4', 'x/run.log': '5', 'e/': '' };
    const { source, out } = createPlace(files);
    const before = statSync(join(source, 'a.svs'));
    const report = await collectFiles(source, { out, extensions: ['svs', '.OME.tif'], logSuffixes: ['.log'] });
    expect(report).toMatchObject({ files: 5, moved: 3, movedLogs: 1, bytes: 4, copied: 0, unmatched: 1, failed: 0 });
    expect(names(out)).toEqual(['a.svs', 'b.SVS', 'c.ome.tif', 'logs']);
    expect(names(join(out, 'logs'))).toEqual(['run.log']);
    expect(Object.keys(readTree(source))).toEqual(['e', 'x', 'x/d.tif', 'x/y']);
    const after = statSync(join(out, 'a.svs'));
    expect([after.ino, after.mtimeMs]).toEqual([before.ino, before.mtimeMs]);
  });

  it('of nothing leaves nothing', async () => {
    const { source, out } = createPlace({ 'a.txt': '1' });
    expect(await collectFiles(source, { out, extensions: ['svs'] })).toMatchObject({ moved: 0, journal: null });
    expect(existsSync(out)).toBe(false);
  });

  it('does not follow links, leaves special files, and takes a second name of a file for equal', async () => {
    const { folder, source, out } = createPlace({ 'a.svs': '1', 'd/': '' });
    writeTree(folder, { 'other/far.svs': '2' });
    symlinkSync(join(folder, 'other'), join(source, 'link'));
    symlinkSync(join(folder, 'other', 'far.svs'), join(source, 'near.svs'));
    linkSync(join(source, 'a.svs'), join(source, 'd', 'a.svs'));
    expect(spawnSync('mkfifo', [join(source, 'pipe.svs')]).status).toBe(0);
    const report = await collectFiles(source, { out, extensions: ['svs'], deleteUnmatched: true, removeEmpty: true });
    expect(report).toMatchObject({ moved: 1, equal: 1, links: 2, special: 1, deleted: 0, foldersRemoved: 0 });
    expect(readdirSync(source).sort()).toEqual(['d', 'link', 'near.svs', 'pipe.svs']);
    expect(existsSync(join(folder, 'other', 'far.svs'))).toBe(true);
  });

  it('does not search a target inside the source, under any of its names', async () => {
    const { source } = createPlace({ 'out/a.svs': '1', 'notes/b.log': '2', 'x/c.svs': '3', 'x/d.log': '4' });
    symlinkSync(join(source, 'out'), join(source, 'way'));
    const out = join(source, 'way');
    const options = { out, logs: join(source, 'notes'), extensions: ['svs'], logSuffixes: ['.log'] };
    const report = await collectFiles(source, { ...options, deleteUnmatched: true, removeEmpty: true });
    expect(report).toMatchObject({ files: 2, moved: 1, movedLogs: 1, deleted: 0, foldersRemoved: 1 });
    expect(names(join(source, 'out'))).toEqual(['a.svs', 'c.svs']);
    expect(names(join(source, 'notes'))).toEqual(['b.log', 'd.log']);
  });

  it.each([
    ['error', { moved: 2, collisions: 2, skipped: 0, equal: 1 }, ['a.svs', 'b.svs']],
    ['skip', { moved: 2, collisions: 0, skipped: 2, equal: 1 }, ['a.svs', 'b.svs']],
    ['suffix', { moved: 4, collisions: 0, skipped: 0, equal: 1 }, ['a.svs', 'a_1.svs', 'a_2.svs', 'b.svs']],
  ] as const)('leaves or numbers names that are taken: %s', async (onCollision, counts, expected) => {
    const files = { 'a.svs': 'new', '1/a.svs': 'old', '2/a.svs': 'third', '3/a.svs': 'third', 'b.svs': 'b' };
    const { source, out } = createPlace(files);
    writeTree(out, { 'a.svs': 'old' });
    const contents = listContents(source, out);
    const report = await collectFiles(source, { out, extensions: ['svs'], onCollision });
    if (onCollision === 'suffix') expect(report).toMatchObject({ moved: 3, equal: 2 });
    else expect(report).toMatchObject({ ...counts, moved: 1, [onCollision === 'skip' ? 'skipped' : 'collisions']: 3 });
    expect(names(out)).toEqual(expected);
    expect(readFileSync(join(out, 'a.svs'), 'utf8')).toBe('old');
    expect(listContents(source, out)).toEqual(contents);
  });

  it('numbers hundreds of equal names without looking at all of them again', async () => {
    const files = Object.fromEntries(Array.from({ length: 230 }, (_, i) => [`${i}/scan.svs`, `content ${i}`]));
    const { source, out } = createPlace(files);
    const report = await collectFiles(source, { out, extensions: ['svs'], onCollision: 'suffix' });
    expect(report).toMatchObject({ moved: 230, equal: 0 });
    expect(new Set(names(out)).size).toBe(230);
    expect(existsSync(join(out, 'scan_229.svs'))).toBe(true);
  });

  it('refuses what makes no sense', async () => {
    const { source, out } = createPlace({ 'a.svs': '1' });
    for (const options of [
      { out: source, extensions: ['svs'] },
      { out },
      { out, extensions: ['a/b'] },
      { out, extensions: ['.'] },
      { out, extensions: ['svs'], onCollision: 'replace' as 'skip' },
    ])
      await expect(collectFiles(source, options)).rejects.toMatchObject({ tag: 'option' });
    await expect(collectFiles(join(source, 'a.svs'), { out, extensions: ['svs'] })).rejects.toMatchObject({
      tag: 'option',
    });
    expect(names(source)).toEqual(['a.svs']);
    expect(existsSync(out)).toBe(false);
  });

  it('never replaces what comes to the name after it was looked at', async () => {
    const { source, out } = createPlace({ 'a.svs': 'ours' });
    let raced = false;
    const files = {
      ...DISK_OPERATIONS,
      reserve(path: string) {
        if (!raced) writeTree(dirname(path), { [basename(path)]: 'theirs' });
        raced = true;
        DISK_OPERATIONS.reserve(path);
      },
    };
    const report = await collectFiles(source, { out, extensions: ['svs'], onCollision: 'suffix', files });
    expect(report).toMatchObject({ moved: 1 });
    expect(readFileSync(join(out, 'a.svs'), 'utf8')).toBe('theirs');
    expect(readFileSync(join(out, 'a_1.svs'), 'utf8')).toBe('ours');
  });

  it('stops when asked, and a rerun goes on in the same journal', async () => {
    const files = Object.fromEntries(Array.from({ length: 20 }, (_, i) => [`${i}.svs`, `${i}`]));
    const { source, out } = createPlace(files);
    const before = readTree(source);
    const controller = new AbortController();
    let moves = 0;
    const onEvent = () => {
      if (++moves === 7) controller.abort(new AbortedError('enough'));
    };
    const options = { out, extensions: ['svs'] };
    await expect(collectFiles(source, { ...options, signal: controller.signal, onEvent })).rejects.toMatchObject({
      tag: 'aborted',
    });
    expect(names(out)).toHaveLength(7);
    const report = await collectFiles(source, options);
    expect(report.moved).toBe(13);
    expect(readdirSync(out).filter((name) => name.startsWith('collect-journal'))).toEqual(['collect-journal.jsonl']);
    expect(await undoCollect(join(out, 'collect-journal.jsonl'))).toMatchObject({ back: 20, complete: true });
    expect(readTree(source)).toEqual(before);
    expect(existsSync(out)).toBe(false);
  });

  it('reads folders of more names than it holds at once', () => {
    const { source } = createPlace({});
    for (let i = 0; i < 8200; i++) writeFileSync(join(source, `${i}`), '');
    const seen = [...walkFolder(source, () => false)].filter(({ kind }) => kind === 'file');
    expect(new Set(seen.map(({ path }) => path)).size).toBe(8200);
  });
});

describe('a dry run', () => {
  it.each(['error', 'skip', 'suffix'] as const)(
    'says what the run does, and changes nothing: %s',
    async (onCollision) => {
      const files = { '1/a.svs': 'x', '2/a.svs': 'yy', '3/a.svs': 'zzz', 'l/b.log': '4', 'e/f/': '', 'n/c.txt': '5' };
      const { folder, source, out } = createPlace(files);
      writeTree(out, { 'b.log': 'other', 'a_1.svs': 'taken' });
      const before = readTree(folder);
      const collect = async (dryRun: boolean) => {
        const events: CollectEvent[] = [];
        const onEvent = (event: CollectEvent) => events.push(event);
        const options = { out, extensions: ['svs'], logSuffixes: ['.log'], onCollision, removeEmpty: true };
        const report = await collectFiles(source, { ...options, dryRun, onEvent });
        const sorted = events.map((event) => JSON.stringify(event)).sort();
        return { ...report, dryRun, journal: null, events: sorted };
      };
      const planned = await collect(true);
      expect(readTree(folder)).toEqual(before);
      expect({ ...(await collect(false)), dryRun: true }).toEqual(planned);
    },
  );
});

describe('deleting', () => {
  it('is told in whole before the first file goes, and only once all is moved', async () => {
    const { source, out } = createPlace({ 'a.svs': '1', 'b.txt': '22', 'x/.hidden': '3', 'x/y/': '' });
    const events: string[] = [];
    const files = {
      ...DISK_OPERATIONS,
      unlink(path: string) {
        events.push('unlink');
        DISK_OPERATIONS.unlink(path);
      },
    };
    const options = { out, extensions: ['svs'], deleteUnmatched: true, removeEmpty: true, files };
    const report = await collectFiles(source, { ...options, onEvent: ({ kind }) => events.push(kind) });
    expect(report).toMatchObject({ deleted: 2, deletedBytes: 3, foldersRemoved: 2 });
    expect(events.slice(0, 5)).toEqual(['move', 'delete', 'delete', 'unlink', 'unlink']);
    expect(readdirSync(source)).toEqual([]);
    const undone = await undoCollect(report.journal ?? '');
    expect(undone).toMatchObject({ back: 1, lost: 2, complete: false });
    expect(Object.keys(readTree(source))).toEqual(['a.svs', 'x', 'x/y']);
  });

  it('is called off where something could not be moved', async () => {
    const { source, out } = createPlace({ 'a.svs': 'new', 'b.txt': '2' });
    writeTree(out, { 'a.svs': 'other' });
    const report = await collectFiles(source, { out, extensions: ['svs'], deleteUnmatched: true });
    expect(report).toMatchObject({ collisions: 1, deleted: 0, deletionCalledOff: true });
    expect(names(source)).toEqual(['a.svs', 'b.txt']);
  });

  it('spares a file that has changed since the plan', async () => {
    const { source, out } = createPlace({ 'b.txt': '2', 'c.txt': '3' });
    const onEvent = (event: CollectEvent) => {
      if (event.kind === 'delete' && event.path.endsWith('b.txt')) writeFileSync(event.path, 'grown');
    };
    const report = await collectFiles(source, { out, extensions: ['svs'], deleteUnmatched: true, onEvent });
    expect(report).toMatchObject({ deleted: 1, failed: 1 });
    expect(names(source)).toEqual(['b.txt']);
  });
});

describe('another file system', () => {
  const isThere = existsSync('/dev/shm') && existsSync('/tmp') && statSync('/dev/shm').dev !== statSync('/tmp').dev;
  it.skipIf(!isThere)('gets a copy with mode and time, then the source goes', async () => {
    const { source } = createPlace({ 'x/a.svs': 'content', 'b.svs': '' });
    const before = readTree(source);
    const shm = mkdtempSync('/dev/shm/slideloom-collect-');
    try {
      const out = join(shm, 'out');
      const report = await collectFiles(source, { out, extensions: ['svs'] });
      expect(report).toMatchObject({ moved: 2, copied: 2, bytes: 7 });
      expect(names(out)).toEqual(['a.svs', 'b.svs']);
      expect(await undoCollect(report.journal ?? '')).toMatchObject({ back: 2, complete: true });
      expect(readTree(source)).toEqual(before);
      expect(readdirSync(shm)).toEqual([]);
    } finally {
      rmSync(shm, { recursive: true });
    }
  });

  it('keeps the source where the copy differs, where the source changed, and where it can not be removed', async () => {
    const faults = {
      differs: {
        async copy(from: string, to: string) {
          writeFileSync(to, readFileSync(from).fill(0));
          return sha256(readFileSync(from));
        },
      },
      changed: {
        copy: async (...[from, to, signal]: Parameters<typeof DISK_OPERATIONS.copy>) => {
          const sha256 = await DISK_OPERATIONS.copy(from, to, signal);
          writeFileSync(from, 'content and more');
          return sha256;
        },
      },
      'not renamed': {
        rename() {
          throw Object.assign(new Error('EXDEV'), { code: 'EXDEV', syscall: 'rename' });
        },
      },
      'not removed': {
        unlink(path: string) {
          if (path.includes('/in/')) throw Object.assign(new Error('EPERM'), { code: 'EPERM', syscall: 'unlink' });
          DISK_OPERATIONS.unlink(path);
        },
      },
    };
    for (const [name, fault] of Object.entries(faults)) {
      const { source, out } = createPlace({ 'a.svs': 'content' });
      const files = { ...crossDevices(), ...fault };
      const report = await collectFiles(source, { out, extensions: ['svs'], files });
      expect(report, name).toMatchObject({ moved: 0, failed: 1 });
      expect(names(out), name).toEqual([]);
      expect(readFileSync(join(source, 'a.svs'), 'utf8'), name).toMatch(/^content/);
      expect(await collectFiles(source, { out, extensions: ['svs'] })).toMatchObject({ moved: 1 });
    }
  });
});

describeWithMounts('a full disk', () => {
  it('stops the collection with the file where it was, and a rerun goes on', async () => {
    const { source, out } = createPlace({ 'a.svs': 'x'.repeat(40_000), 'b.svs': 'y'.repeat(900_000), 'c.svs': 'z' });
    const before = readTree(source);
    mkdirSync(out);
    const unmount = mountTmpfs(out, 'size=400k');
    try {
      const failed = await collectFiles(source, { out, extensions: ['svs'] }).catch((error: unknown) => error);
      expect(isSlideloomError(failed, 'output') && failed.message).toMatch(/disk is full/);
      expect(names(out)).toEqual(['a.svs']);
      expect(names(source)).toEqual(['b.svs', 'c.svs']);
      spawnSync('mount', ['-o', 'remount,size=4M', out]);
      const report = await collectFiles(source, { out, extensions: ['svs'] });
      expect(report).toMatchObject({ moved: 2, copied: 2 });
      expect(await undoCollect(report.journal ?? '')).toMatchObject({ back: 3, complete: true });
      expect(readTree(source)).toEqual(before);
    } finally {
      unmount?.();
    }
  });
});

describe('a kill before any operation', () => {
  const files = { 'a.svs': 'one', '1/a.svs': 'two', '2/e.svs': '', '2/b.log': 'log', 'c.txt': 'rest', 'f/g/': '' };
  const options = { extensions: ['svs'], logSuffixes: ['.log'], onCollision: 'suffix', removeEmpty: true } as const;

  it.each([
    ['renames', () => DISK_OPERATIONS],
    ['copies', () => crossDevices()],
  ])('loses nothing, and a rerun and an undo end as if there was none: %s', async (_name, createBase) => {
    const clean = createPlace(files);
    const counting = killAfter(Number.POSITIVE_INFINITY, createBase());
    await collectFiles(clean.source, { out: clean.out, ...options, files: counting });
    const total = counting.count;
    expect(total).toBeGreaterThan(15);
    for (let last = 0; last < total; last++) {
      const { source, out } = createPlace(files);
      const contents = listContents(source);
      const before = Object.keys(readTree(source));
      await collectFiles(source, { out, ...options, files: killAfter(last, createBase()) }).catch(() => {});
      expect(
        new Set([...contents].filter((one) => !listContents(source, ...(existsSync(out) ? [out] : [])).has(one))),
      ).toEqual(new Set());
      const report = await collectFiles(source, { out, ...options, files: createBase() });
      expect(report, `${last}`).toMatchObject({ failed: 0, collisions: 0, equal: 0 });
      expect(Object.keys(readTree(out)), `${last}`).toEqual(Object.keys(readTree(clean.out)));
      const journal = join(out, 'collect-journal.jsonl');
      const undone = await undoCollect(journal, { files: createBase() });
      expect(undone, `${last}`).toMatchObject({ conflicts: 0, complete: true });
      expect(Object.keys(readTree(source)), `${last}`).toEqual(before);
      expect(listContents(source)).toEqual(contents);
    }
  });

  it('of an undo loses nothing, and another undo ends it', async () => {
    for (const createBase of [() => DISK_OPERATIONS, () => crossDevices()])
      for (let last = 0, total = 1; last < total; last++) {
        const { source, out } = createPlace(files);
        const contents = listContents(source);
        const before = Object.keys(readTree(source));
        const { journal } = await collectFiles(source, { out, ...options });
        const killed = killAfter(last, createBase());
        await undoCollect(journal ?? '', { files: killed }).catch(() => {});
        if (killed.count > last) total = last + 2;
        expect(new Set([...listContents(source), ...(existsSync(out) ? listContents(out) : [])])).toEqual(contents);
        if (existsSync(journal ?? '')) await undoCollect(journal ?? '', { files: createBase() });
        expect(Object.keys(readTree(source)), `${last}`).toEqual(before);
        expect(existsSync(out)).toBe(false);
      }
  });
});

describe('the journal', () => {
  it('torn at any byte is taken up', async () => {
    const { source, out } = createPlace({ 'a.svs': '1', 'b.svs': '2' });
    await collectFiles(source, { out, extensions: ['svs'] });
    const path = join(out, 'collect-journal.jsonl');
    const whole = readFileSync(path);
    for (let cut = whole.length - 1; cut > whole.indexOf('b.svs'); cut -= 3) {
      writeFileSync(path, whole);
      truncateSync(path, cut);
      writeTree(source, { 'c.svs': `${cut}` });
      expect(await collectFiles(source, { out, extensions: ['svs'] })).toMatchObject({ moved: 1 });
      const lines = [];
      for await (const line of readJournalLines(path, { end: statSync(path).size })) lines.push(line);
      expect(lines.filter(({ kind }) => kind === 'end')).toHaveLength(1);
      expect(lines.at(-1)?.kind).toBe('end');
      rmSync(join(out, 'c.svs'));
    }
  });

  it('that is finished is left alone; a file of its name that is none, too', async () => {
    const { source, out } = createPlace({ 'a.svs': '1' });
    writeTree(out, { 'collect-journal.jsonl': 'mine' });
    await collectFiles(source, { out, extensions: ['svs'] });
    writeTree(source, { 'b.svs': '2', 'b/collect-journal-3.jsonl': 'x' });
    const second = await collectFiles(source, { out, extensions: ['svs', 'jsonl'] });
    expect(basename(second.journal ?? '')).toBe('collect-journal-3.jsonl');
    expect(second).toMatchObject({ moved: 1, collisions: 1 });
    expect(readFileSync(join(out, 'collect-journal.jsonl'), 'utf8')).toBe('mine');
    await expect(undoCollect(join(out, 'collect-journal.jsonl'))).rejects.toMatchObject({ tag: 'option' });
    await expect(undoCollect(join(out, 'nowhere'))).rejects.toMatchObject({ tag: 'option' });
    expect(await undoCollect(second.journal ?? '')).toMatchObject({ back: 1, complete: true });
  });

  it('puts back all but what has changed since, or whose place is taken', async () => {
    const { source, out } = createPlace({ 'a.svs': '1', 'b.svs': '2', 'c.svs': '3', 'd.svs': '4', 'e.svs': '5' });
    const { journal } = await collectFiles(source, { out, extensions: ['svs'] });
    writeFileSync(join(out, 'a.svs'), 'another');
    writeTree(source, { 'b.svs': 'new' });
    renameSync(join(out, 'c.svs'), join(source, 'c.svs'));
    rmSync(join(out, 'd.svs'));
    const undone = await undoCollect(journal ?? '');
    expect(undone).toMatchObject({ back: 1, already: 1, conflicts: 3, complete: false });
    expect(names(out)).toEqual(['a.svs', 'b.svs']);
    expect(readFileSync(join(source, 'b.svs'), 'utf8')).toBe('new');
    expect(existsSync(journal ?? '')).toBe(true);
  });
});
