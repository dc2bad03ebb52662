import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { ROOT } from '../../support/shared-data.ts';

const folder = mkdtempSync(join(tmpdir(), 'slideloom-count-'));
afterAll(() => rmSync(folder, { recursive: true }));

function count(report: string | undefined): { code: number | null; lines: string[] } {
  const path = join(folder, 'report.json');
  if (report !== undefined) writeFileSync(path, report);
  const args = [join(ROOT, '.ci/count-tests.mjs'), report === undefined ? join(folder, 'none.json') : path];
  const ended = spawnSync(process.execPath, args, { encoding: 'utf8' });
  return { code: ended.status, lines: ended.stdout.trimEnd().split('\n') };
}

function reportOf(files: Record<string, string[]>, success = true): string {
  const testResults = Object.entries(files).map(([name, statuses]) => ({
    name,
    status: statuses.includes('failed') || name.startsWith('broken') ? 'failed' : 'passed',
    assertionResults: statuses.map((status) => ({ status, fullName: `${name} ${status}` })),
  }));
  return JSON.stringify({ success, testResults });
}

describe('.ci/count-tests.mjs', () => {
  it('is content when every test passed', () => {
    expect(count(reportOf({ a: ['passed', 'passed'], b: ['passed'] }))).toEqual({
      code: 0,
      lines: ['3 passed, 0 failed, 0 skipped'],
    });
  });

  it.each([
    ['a failed test', reportOf({ a: ['passed', 'failed'] }, false), '1 passed, 1 failed, 0 skipped'],
    ['a skipped test', reportOf({ a: ['passed', 'skipped'] }), '1 passed, 0 failed, 1 skipped'],
    ['a test to do', reportOf({ a: ['passed', 'todo'] }), '1 passed, 0 failed, 1 skipped'],
    ['a pending test', reportOf({ a: ['passed', 'pending'] }), '1 passed, 0 failed, 1 skipped'],
    ['a file that was not loaded', reportOf({ a: ['passed'], broken: [] }, false), '1 passed, 1 failed, 0 skipped'],
    ['a leak after the tests', reportOf({ a: ['passed'], broken: ['passed'] }, false), '2 passed, 1 failed, 0 skipped'],
    ['an error between tests', reportOf({ a: ['passed'] }, false), '1 passed, 0 failed, 0 skipped'],
    ['no tests at all', reportOf({}), '0 passed, 0 failed, 0 skipped'],
  ])('%s is a failure', (_name, report, last) => {
    const { code, lines } = count(report);
    expect(code).toBe(1);
    expect(lines.at(-1)).toBe(last);
  });

  it.each([
    ['missing', undefined],
    ['empty', ''],
    ['cut', '{"testResults": ['],
  ])('a report that is %s is a failure', (_name, report) => {
    expect(count(report).code).toBe(1);
  });
});
