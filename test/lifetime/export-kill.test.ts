import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createSyntheticSlide } from '../../src/slide/synthetic-slide.ts';
import { runBuiltCli, startCli } from '../support/run-cli.ts';

// An export that is killed with SIGKILL while it writes tiles has no page, and the same command run again goes on: it leaves the files of
// an undisturbed one and nothing else.
describe('kill -9 of an export', () => {
  let folder: string;
  const args = (out: string) => ['export', join(folder, 'slide.svs'), '--out', join(folder, out), '--workers', '1'];
  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'slideloom-export-kill-'));
    await createSyntheticSlide(join(folder, 'slide.svs'), { width: 5000, height: 3000, seed: 4 });
  });
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  /** Size of each file by its path; bytes of a few are compared beside. */
  const list = (out: string) =>
    readdirSync(join(folder, out), { recursive: true })
      .map(String)
      .sort()
      .map((path) => [
        path,
        statSync(join(folder, out, path)).isFile() && readFileSync(join(folder, out, path)).length,
      ]);

  it('at the second batch of tiles', async () => {
    const { child, ended } = startCli([...args('killed'), '--quiet']);
    const journal = join(folder, 'killed', '.slideloom-partial', 'journal.jsonl');
    await expect.poll(() => existsSync(journal) && readFileSync(journal, 'utf8').length).toBeGreaterThan(0);
    child.kill('SIGKILL');
    await ended;
    expect(existsSync(join(folder, 'killed', 'index.html'))).toBe(false);
    const first = join(folder, 'killed', '.slideloom-partial', 'content', '13', '0_0.jpg');
    const { ino } = statSync(first);
    const resumed = await runBuiltCli([...args('killed'), '--json']);
    expect(JSON.parse(resumed.stdout)).toMatchObject({ failed: 0, rows: [{ id: 'slide', status: 'done' }] });
    expect((await runBuiltCli([...args('whole'), '--quiet'])).code).toBe(0);
    expect(list('killed')).toEqual(list('whole'));
    // Tiles that were there are those that are there.
    const tile = join('slides', 'slide_files', '13', '0_0.jpg');
    expect(statSync(join(folder, 'killed', tile)).ino).toBe(ino);
    expect(readFileSync(join(folder, 'killed', tile)).equals(readFileSync(join(folder, 'whole', tile)))).toBe(true);
  });
});
