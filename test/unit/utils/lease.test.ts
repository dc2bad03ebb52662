import { existsSync, readdirSync, readFileSync, rmSync, statSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { acquireLease, LEASE_NAME } from '../../../src/utils/lease.ts';
import { createExclusive, readHolder, removeHolder } from '../../../src/utils/lease-file.ts';
import { getOwnIdentity, isProcessAlive } from '../../../src/utils/process-identity.ts';
import { useScratch } from './fixtures/scratch.ts';

const scratch = useScratch();
const own = getOwnIdentity();
const judge = { own, staleMs: 30_000 };
/** Linux gives out no process number above 2^22. */
const NOBODY = 4_194_305;

function plant(path: string, holder: object, ageMs = 0): void {
  writeFileSync(path, JSON.stringify({ ...own, token: '0123456789abcdef', ...holder }));
  const then = (Date.now() - ageMs) / 1000;
  utimesSync(path, then, then);
}

test('a lease excludes a second one, makes its folder, and its release leaves nothing', async () => {
  const folder = join(scratch(), 'out');
  {
    await using lease = await acquireLease(folder);
    expect(JSON.parse(readFileSync(join(folder, LEASE_NAME), 'utf8'))).toMatchObject({
      pid: process.pid,
      token: lease.token,
    });
    await expect(acquireLease(folder)).rejects.toMatchObject({
      tag: 'output-in-use',
      path: folder,
      message: expect.stringContaining(`process ${process.pid} on ${own.host}`),
    });
    expect(lease.signal.aborted).toBe(false);
  }
  expect(readdirSync(folder)).toEqual([]);
  await (await acquireLease(folder)).release();
});

test.each([
  ['a dead process of this machine', { pid: NOBODY }, 0],
  ['another process of the same number', { startTime: 1 }, 0],
  ['a silent process of another machine', { place: 'elsewhere' }, 31_000],
  ['a silent process of this machine', {}, 31_000],
])('%s is replaced', async (_name, holder, age) => {
  const folder = scratch();
  plant(join(folder, LEASE_NAME), holder, age);
  await using lease = await acquireLease(folder);
  expect(lease.token).not.toBe('0123456789abcdef');
  expect(readdirSync(folder)).toEqual([LEASE_NAME]);
});

test.each([
  [
    'a process of another machine, even of a number unknown here',
    { place: 'elsewhere', host: 'node7', pid: NOBODY },
    20_000,
  ],
  ['a clock that goes ahead', { place: 'elsewhere', host: 'node7' }, -60_000],
])('%s is respected', async (_name, holder, age) => {
  const folder = scratch();
  plant(join(folder, LEASE_NAME), holder, age);
  await expect(acquireLease(folder)).rejects.toThrow('on node7');
  expect(readdirSync(folder)).toEqual([LEASE_NAME]);
});

test('a file that was created and never written counts by its age', async () => {
  const folder = scratch();
  const path = join(folder, LEASE_NAME);
  writeFileSync(path, '');
  await expect(acquireLease(folder)).rejects.toThrow('a process that has not said its name');
  utimesSync(path, 1, 1);
  await (await acquireLease(folder)).release();
  expect(readdirSync(folder)).toEqual([]);
});

test('the guard of a process that died removing a stale lease is removed in turn, and its own guard too', async () => {
  const folder = scratch();
  const path = join(folder, LEASE_NAME);
  plant(path, { pid: NOBODY });
  plant(`${path}.0123456789abcdef`, { pid: NOBODY, token: 'aaaaaaaaaaaaaaaa' });
  plant(`${path}.0123456789abcdef.aaaaaaaaaaaaaaaa`, { pid: NOBODY, token: 'bbbbbbbbbbbbbbbb' });
  plant(`${path}.cccccccccccccccc`, { pid: NOBODY, token: 'dddddddddddddddd' });
  await using lease = await acquireLease(folder);
  expect(lease.signal.aborted).toBe(false);
  expect(readdirSync(folder)).toEqual([LEASE_NAME]);
});

test('nobody removes a lease that another process is about to remove, nor one of another token', () => {
  const path = join(scratch(), LEASE_NAME);
  plant(path, { pid: NOBODY });
  const guard = createExclusive(`${path}.0123456789abcdef`, own);
  removeHolder(path, '0123456789abcdef', judge);
  expect(existsSync(path)).toBe(true);
  rmSync(`${path}.0123456789abcdef`);
  expect(guard).toBeDefined();
  removeHolder(path, 'eeeeeeeeeeeeeeee', judge);
  expect(readHolder(path)?.pid).toBe(NOBODY);
  removeHolder(path, '0123456789abcdef', judge);
  expect(existsSync(path)).toBe(false);
});

test('the heartbeat renews the file; a lease taken away or deleted fires the signal and is not removed by us', async () => {
  const folder = scratch();
  const path = join(folder, LEASE_NAME);
  const lease = await acquireLease(folder, { heartbeatMs: 10 });
  utimesSync(path, 1, 1);
  await expect.poll(() => statSync(path).mtimeMs).toBeGreaterThan(Date.now() - 60_000);
  plant(path, { token: 'ffffffffffffffff', host: 'thief' });
  await expect.poll(() => lease.signal.aborted).toBe(true);
  expect(lease.signal.reason).toMatchObject({ tag: 'output-in-use', message: expect.stringContaining('on thief') });
  await lease.release();
  await lease.release();
  expect(readHolder(path)?.token).toBe('ffffffffffffffff');

  rmSync(path);
  await using second = await acquireLease(folder, { heartbeatMs: 10 });
  rmSync(path);
  await expect.poll(() => second.signal.aborted).toBe(true);
  expect(second.signal.reason).toMatchObject({ tag: 'output', message: expect.stringContaining('was deleted') });
});

test('an output folder that is a file', async () => {
  const path = join(scratch(), 'file');
  writeFileSync(path, '');
  await expect(acquireLease(path)).rejects.toMatchObject({ tag: 'output', hint: expect.stringContaining('--out') });
  await expect(acquireLease(join(path, 'out'))).rejects.toMatchObject({ tag: 'output' });
});

test('a process is known by number, start time and place', () => {
  expect(isProcessAlive(own, own)).toBe(true);
  expect(isProcessAlive({ ...own, pid: NOBODY }, own)).toBe(false);
  expect(isProcessAlive({ ...own, startTime: 1 }, own)).toBe(own.startTime === undefined);
  expect(isProcessAlive({ ...own, place: 'elsewhere' }, own)).toBeUndefined();
});
