import { existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { z } from 'zod';
import { listContents, readTree, writeTree } from '../support/collect-trees.ts';
import { startCli } from '../support/run-cli.ts';
import { runInProcess } from './run-in-process.ts';

/** What programs may rely on. */
const counts = [
  ...['files', 'moved', 'movedLogs', 'bytes', 'copied', 'equal', 'skipped', 'collisions', 'failed', 'unmatched'],
  ...['deleted', 'deletedBytes', 'links', 'special', 'foldersRemoved'],
];
const collectSchema = z.strictObject({
  schema: z.literal('slideloom/collect/v1'),
  source: z.string(),
  out: z.string(),
  logs: z.string(),
  dryRun: z.boolean(),
  journal: z.string().nullable(),
  deletionCalledOff: z.boolean(),
  ...Object.fromEntries(counts.map((name) => [name, z.int()])),
  events: z.array(z.looseObject({ kind: z.string() })),
  eventsLeftOut: z.int(),
});
const undoSchema = z.strictObject({
  schema: z.literal('slideloom/collect-undo/v1'),
  journal: z.string(),
  ...Object.fromEntries(['back', 'already', 'conflicts', 'lost', 'eventsLeftOut'].map((name) => [name, z.int()])),
  complete: z.boolean(),
  events: z.array(z.looseObject({ kind: z.string() })),
});

let folder: string;
let source: string;
let out: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'slideloom-collect-cli-'));
  [source, out] = [join(folder, 'in'), join(folder, 'out')];
  writeTree(source, { 'x/a.SVS': '1', 'x/y/b.ome.tif': '2', 'run.log': '3', 'notes.txt': '4' });
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

it('moves, says where, and undoes', async () => {
  const before = readTree(source);
  const args = ['collect', source, '--out', out, '--ext', 'svs,ome.tif', '--log-suffix', '.log', '--remove-empty'];
  const { code, stdout } = await runInProcess(args);
  expect(code).toBe(0);
  expect(stdout).toMatch(/moved +2 +.*out\n/);
  expect(stdout).toMatch(/moved, logs +1 /);
  expect(stdout).toMatch(/other files +1 +left/);
  expect(readdirSync(out).sort()).toEqual(['a.SVS', 'b.ome.tif', 'collect-journal.jsonl', 'logs']);
  expect(readdirSync(source)).toEqual(['notes.txt']);
  const undo = await runInProcess(['collect', '--undo', join(out, 'collect-journal.jsonl')]);
  expect(undo).toMatchObject({ code: 0, stdout: expect.stringContaining('everything is as it was') });
  expect(readTree(source)).toEqual(before);
  expect(existsSync(out)).toBe(false);
});

it('lists in a dry run, and changes nothing', async () => {
  const before = readTree(folder);
  const { code, stdout } = await runInProcess(['collect', source, '-o', out, '--ext', '.svs', '--dry-run']);
  expect(code).toBe(0);
  expect(stdout).toContain(`move: ${join(source, 'x', 'a.SVS')} -> ${join(out, 'a.SVS')}\n`);
  expect(stdout).toContain('dry run: nothing was changed');
  expect(readTree(folder)).toEqual(before);
});

it('deletes only with --yes, and prints the plan in both cases', async () => {
  const before = readTree(folder);
  const args = ['collect', source, '-o', out, '--ext', 'svs,tif', '--log-suffix', '.log', '--delete-unmatched'];
  const refused = await runInProcess(args);
  expect(refused.code).toBe(2);
  expect(refused.stdout).toContain(`delete: ${join(source, 'notes.txt')}\n`);
  expect(refused.stderr).toContain('`--delete-unmatched` needs `--yes`');
  expect(readTree(folder)).toEqual(before);
  const done = await runInProcess([...args, '--yes']);
  expect(done.code).toBe(0);
  expect(done.stdout).toContain(`delete: ${join(source, 'notes.txt')}\n`);
  expect(done.stdout).toMatch(/deleted +1 +1 B/);
  expect(existsSync(join(source, 'notes.txt'))).toBe(false);
  const undo = await runInProcess(['collect', '--undo', join(out, 'collect-journal.jsonl')]);
  expect(undo).toMatchObject({ code: 0, stdout: expect.stringMatching(/lost: .*notes.txt[\s\S]*can not come back/) });
});

it('is JSON for programs', async () => {
  writeTree(out, { 'a.SVS': 'another' });
  const { code, stdout } = await runInProcess(['collect', source, '-o', out, '--ext', 'svs,ome.tif', '--json']);
  expect(code).toBe(1);
  const report = collectSchema.parse(JSON.parse(stdout));
  expect(report).toMatchObject({ moved: 1, collisions: 1, events: [{ kind: 'collision' }] });
  const undo = await runInProcess(['collect', '--undo', report.journal ?? '', '--json']);
  expect(undoSchema.parse(JSON.parse(undo.stdout))).toMatchObject({ back: 1, complete: true });
  const refused = await runInProcess(['collect', source, '-o', out, '--ext', 'svs', '--delete-unmatched', '--json']);
  expect(refused.code).toBe(2);
  expect(collectSchema.parse(JSON.parse(refused.stdout))).toMatchObject({ dryRun: true });
});

it.each([
  [[], /takes one folder/],
  [['IN', 'IN', '-o', 'OUT', '--ext', 'svs'], /takes one folder, but received 2/],
  [['IN', '--ext', 'svs'], /needs `--out`/],
  [['IN', '-o', 'OUT'], /at least one extension.* for `--ext`/],
  [['IN', '-o', 'OUT', '--ext', 'svs', '--on-collision', 'replace'], /one of error, suffix, skip/],
  [['IN', '-o', 'IN', '--ext', 'svs'], /other than the source for `--out`/],
  [['IN/none', '-o', 'OUT', '--ext', 'svs'], /a folder that exists/],
  [['--undo', 'IN/notes.txt'], /journal of a collection for `--undo`/],
  [['--undo', 'IN/notes.txt', '--ext', 'svs'], /takes the journal only/],
  [['--undo', 'IN/notes.txt', '--yes'], /takes the journal only/],
  [['IN', '-o', 'OUT', '--ext', 'svs', '--yes'], /`--yes` is for `--delete-unmatched`/],
])('refuses %j', async (words, message) => {
  const before = readTree(folder);
  const args = words.map((word) => word.replace('IN', source).replace('OUT', out));
  const { code, stderr } = await runInProcess(['collect', ...args]);
  expect(stderr).toMatch(message);
  expect(code).toBe(2);
  expect(readTree(folder)).toEqual(before);
});

it('killed at any moment is taken up by the same command, and undone', async () => {
  const files = Object.fromEntries(Array.from({ length: 500 }, (_, i) => [`d${i % 7}/${i}.svs`, `${i}`]));
  writeTree(source, files);
  const before = readTree(source);
  const contents = listContents(source);
  const args = ['collect', source, '--out', out, '--ext', 'svs'];
  for (const wanted of [1, 100, 300]) {
    const { child, ended } = startCli(args);
    // Killed once so many files are there, however fast the machine is; a run that ended by then was not killed, which is fine.
    const count = () => (existsSync(out) ? readdirSync(out).length : 0);
    const deadline = Date.now() + 20_000;
    while (count() < wanted && child.exitCode === null && Date.now() < deadline)
      await new Promise((resolve) => setTimeout(resolve, 1));
    child.kill('SIGKILL');
    await ended;
    // Beside them an empty file may hold the name of the next.
    const left = listContents(folder);
    expect([...contents].filter((one) => !left.has(one))).toEqual([]);
  }
  const { code } = await startCli(args).ended;
  expect(code).toBe(0);
  expect(readdirSync(out).filter((name) => name.endsWith('.svs') || name.endsWith('.SVS'))).toHaveLength(501);
  for (const name of readdirSync(out)
    .filter((one) => one.startsWith('collect-journal'))
    .sort()
    .reverse())
    expect((await runInProcess(['collect', '--undo', join(out, name)])).code).toBe(0);
  expect(readTree(source)).toEqual(before);
  // Killed before its journal began, a run leaves the folder, and what its lease was written to.
  const rest = existsSync(out) ? readdirSync(out).filter((name) => !name.startsWith('.slideloom-')) : [];
  expect(rest).toEqual([]);
});
