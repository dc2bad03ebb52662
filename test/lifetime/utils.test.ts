import { type ChildProcess, fork, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { afterEach, expect, test } from 'vitest';
import { sweepTemporary, writeFileAtomic } from '../../src/utils/atomic-file.ts';
import { acquireLease, LEASE_NAME } from '../../src/utils/lease.ts';
import { openStage } from '../../src/utils/open-stage.ts';
import { getOwnIdentity } from '../../src/utils/process-identity.ts';
import type { RunRecord } from '../../src/utils/run-record.ts';
import { createPool } from '../../src/utils/worker-pool.ts';
import { createSeededRandom } from '../support/seeded-random.ts';
import { compileUtils } from '../unit/utils/fixtures/compiled.ts';
import { useScratch } from '../unit/utils/fixtures/scratch.ts';

const utils = compileUtils('lease', 'open-stage', 'atomic-file', 'worker-side', 'worker-pool');
const script = (name: string) => fileURLToPath(new URL(`../unit/utils/fixtures/${name}`, import.meta.url));
const scratch = useScratch();
const children = new Set<ChildProcess>();
/** On a busy machine too: whoever waits for a heartbeat to be missing waits 30 s. */
const AT_ONCE_MS = 15_000;

function start(name: string, ...args: string[]): ChildProcess {
  const child = fork(script(name), [utils, ...args], { execArgv: [] });
  children.add(child);
  child.once('exit', () => children.delete(child));
  return child;
}

async function kill(child: ChildProcess): Promise<void> {
  const gone = once(child, 'exit');
  if (child.kill('SIGKILL')) await gone;
}

afterEach(async () => {
  await Promise.all([...children].map(kill));
});

async function reply(child: ChildProcess): Promise<unknown> {
  const [message] = await once(child, 'message');
  return message;
}

test('three processes race 200 times for a free or a dead lease: one has it, every time', async () => {
  const rivals = [1, 2, 3].map(() => start('lease-child.mjs', 'serve'));
  await Promise.all(rivals.map(reply));
  const winners = new Set<number>();
  // More rounds where the machine is so busy that whoever is told first has always been the first.
  for (let round = 0; round < 200 || (winners.size < 2 && round < 2000); round++) {
    const folder = join(scratch(), 'out');
    if (round % 4 > 0) {
      mkdirSync(folder);
      writeFileSync(
        join(folder, LEASE_NAME),
        JSON.stringify({ ...getOwnIdentity(), pid: 4_194_305, token: '0123456789abcdef' }),
      );
    }
    const answers = rivals.map(reply);
    const at = Date.now() + 2;
    for (const rival of rivals) rival.send({ folder, at });
    const said = await Promise.all(answers);
    expect([...said].sort(), `round ${round}`).toEqual(['held', 'output-in-use', 'output-in-use']);
    winners.add(said.indexOf('held'));
    const released = rivals.map(reply);
    for (const rival of rivals) rival.send({ release: true });
    await Promise.all(released);
    expect(readdirSync(folder)).toEqual([]);
  }
  expect(winners.size, 'the race is a race').toBeGreaterThan(1);
});

test('four processes take turns while one after the other is killed with -9: never two inside, nothing left', async () => {
  const base = scratch();
  const folder = join(base, 'out');
  let taken = 0;
  const launch = () =>
    start('lease-child.mjs', 'storm', folder).on('message', (count) => {
      taken += Number(count);
    });
  const storm = [launch(), launch(), launch(), launch()];
  const random = createSeededRandom('storm');
  await sleep(300);
  // More rounds where the machine is busy: what counts is turns taken, not time.
  for (let round = 0; round < 40 || taken <= 100; round++) {
    await sleep(20 + random.uniform() * 60);
    const victim = random.integer(0, 3);
    const child = storm[victim];
    if (child) await kill(child);
    storm[victim] = launch();
  }
  await sleep(300);
  await Promise.all(storm.map(kill));
  expect(
    readdirSync(base)
      .filter((name) => name.startsWith('breach'))
      .map((name) => readFileSync(join(base, name), 'utf8')),
  ).toEqual([]);
  expect(taken).toBeGreaterThan(100);
  const began = performance.now();
  await (await acquireLease(folder)).release();
  expect(performance.now() - began, 'milliseconds to take over from the killed').toBeLessThan(AT_ONCE_MS);
  await sweepTemporary(folder);
  expect(readdirSync(folder)).toEqual([]);
});

test('a holder killed with -9 is replaced at once', async () => {
  const folder = scratch();
  const child = start('lease-child.mjs', 'serve');
  await reply(child);
  child.send({ folder, at: 0 });
  expect(await reply(child)).toBe('held');
  await expect(acquireLease(folder)).rejects.toMatchObject({ tag: 'output-in-use' });
  await kill(child);
  const began = performance.now();
  await using lease = await acquireLease(folder);
  expect(performance.now() - began).toBeLessThan(AT_ONCE_MS);
  expect(lease.signal.aborted).toBe(false);
});

test('a stage killed with -9 at ten random moments ends as an undisturbed one, nothing written twice, nothing left', async () => {
  const count = 850;
  const [quiet, stormy] = [scratch(), scratch()];
  expect(spawnSync(process.execPath, [script('stage-child.mjs'), utils, quiet, String(count)]).status).toBe(0);
  const random = createSeededRandom('kill');
  const seen = new Map<string, string>();
  const look = () => {
    if (!existsSync(join(stormy, 'patches'))) return;
    for (const name of readdirSync(join(stormy, 'patches'))) {
      const { ino, mtimeMs } = statSync(join(stormy, 'patches', name));
      const stamp = `${ino} ${mtimeMs}`;
      expect(seen.get(name) ?? stamp, `${name} was written twice`).toBe(stamp);
      seen.set(name, stamp);
    }
  };
  for (let round = 0; round < 10; round++) {
    // Killed a random while after its start or after so many files; at the latest when it has made more, where it waits.
    const files = round % 3 === 0 ? 0 : random.integer(10, 30);
    const child = start('stage-child.mjs', stormy, String(count), String(2 * files + 20));
    await new Promise<void>((resolve) => child.on('message', (made) => Number(made) >= files && resolve()));
    await sleep(random.uniform() * (files === 0 ? 40 : 5));
    await kill(child);
    look();
  }
  const killedAt = seen.size;
  expect(spawnSync(process.execPath, [script('stage-child.mjs'), utils, stormy, String(count)]).status).toBe(0);
  look();
  expect(killedAt, 'the kills fell into the work').toBeGreaterThan(20);
  expect(killedAt).toBeLessThan(count);
  expect(seen.size).toBe(count);
  expect(listTree(stormy)).toEqual(listTree(quiet));
  const strip = (folder: string) => {
    const { volatile, ...rest } = JSON.parse(readFileSync(join(folder, 'record.json'), 'utf8')) as RunRecord;
    return { rest, resumed: volatile.resumedFrom !== undefined };
  };
  expect(strip(stormy).rest).toEqual(strip(quiet).rest);
});

test('200 leases and stages leave as many file descriptors as before', async () => {
  if (!existsSync('/proc/self/fd')) return;
  const folder = scratch();
  const once = async (round: number) => {
    await using _lease = await acquireLease(folder);
    const input = { name: 'a', size: 1, quickHash: 'f' };
    const opened = await openStage({ folder, stage: 's', version: '1', input, options: { round } });
    if (opened.state === 'done') throw new Error('expected work');
    const file = await writeFileAtomic(join(folder, 'x'), `${round}`);
    await opened.run.finish({ outputs: [{ path: 'x', size: file.bytes, sha256: file.sha256 }] });
  };
  await once(-1);
  const before = readdirSync('/proc/self/fd').length;
  for (let round = 0; round < 200; round++) await once(round);
  // The system takes its time to close what was given back last.
  await expect.poll(() => readdirSync('/proc/self/fd').length).toBeLessThanOrEqual(before);
});

test('pools that were closed leave no thread, no descriptor and no memory behind', async () => {
  if (!existsSync('/proc/self/task')) return;
  const entry = new URL('../unit/utils/fixtures/worker.mjs', import.meta.url);
  const once = async () => {
    await using pool = createPool<object, object>({ entry, size: 2, workerData: { utils } });
    const jobs = [1, 2, 3, 4].map((value) => ({ action: 'double', value }));
    await pool.run(jobs, { onResult: () => undefined });
  };
  for (let i = 0; i < 5; i++) await once();
  const count = (name: string) => readdirSync(`/proc/self/${name}`).length;
  const before = { threads: count('task'), files: count('fd'), memory: process.memoryUsage.rss() };
  for (let i = 0; i < 25; i++) await once();
  // A thread that has ended goes a moment later.
  await expect.poll(() => count('task')).toBeLessThanOrEqual(before.threads);
  await expect.poll(() => count('fd')).toBeLessThanOrEqual(before.files);
  // A thread's heap is some 5 MB: 50 leaked ones would be 250 MB.
  expect((process.memoryUsage.rss() - before.memory) / 1e6, 'growth in MB').toBeLessThan(60);
});

test('an idle pool that was forgotten does not keep its process alive', () => {
  const code = `
    import { createPool } from ${JSON.stringify(join(utils, 'worker-pool.js'))};
    const pool = createPool({ entry: new URL(${JSON.stringify(`file://${script('worker.mjs')}`)}), size: 1,
      workerData: { utils: ${JSON.stringify(utils)} } });
    await pool.run([{ action: 'wait', ms: 50, value: 1 }], { onResult: () => console.log('done') });`;
  const run = spawnSync(process.execPath, ['--input-type=module', '-e', code], { encoding: 'utf8', timeout: 50_000 });
  expect({ out: run.stdout, status: run.status, stderr: run.stderr }).toEqual({ out: 'done\n', status: 0, stderr: '' });
});

/** Every file below a folder with its size, the record left out: its `volatile` part differs. */
function listTree(folder: string): string[] {
  const names = readdirSync(folder, { recursive: true }) as string[];
  return names
    .filter((name) => name !== 'record.json')
    .map((name) =>
      statSync(join(folder, name)).isFile() ? `${name} ${readFileSync(join(folder, name)).toString('base64')}` : name,
    )
    .sort();
}
