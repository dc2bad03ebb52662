import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { runBuiltCli, startCli } from '../support/run-cli.ts';
import { createSeededRandom } from '../support/seeded-random.ts';
import { createTinyTraining, type TinyTraining } from '../support/tiny-training.ts';

const PICTURES = 300;
/** Batches after which the process is killed. KILL_SEED=7 draws another. */
const BATCHES = createSeededRandom(Number(process.env['KILL_SEED'] ?? 1)).integer(1, PICTURES / 2);

describe('kill -9 of predict patches', () => {
  let folder: string;
  let tiny: TinyTraining;
  const args = (out: string) => [
    ...['predict', 'patches', tiny.table, '--model', tiny.model, '--out', join(folder, out)],
    ...['--batch-size', '1', '--workers', '1', '--threads', '1', '--json'],
  ];
  const read = (out: string, name: string) => readFileSync(join(folder, out, name), 'utf8');
  const countLines = (out: string) => {
    try {
      return read(out, 'journal.jsonl').split('\n').length - 1;
    } catch {
      return 0;
    }
  };

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'slideloom-predict-kill-'));
    tiny = await createTinyTraining(join(folder, 'data'), { pictures: PICTURES });
    const { code, stdout } = await runBuiltCli(args('whole'));
    expect(code, stdout).toBe(0);
  }, 60_000);
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  it('and started again: the bytes of an undisturbed run', async () => {
    process.stderr.write(`kill -9 after ${BATCHES} batches\n`);
    const { child, ended } = startCli(args('killed'));
    // The first line says what will be written.
    while (child.exitCode === null && countLines('killed') <= BATCHES) await new Promise((done) => setTimeout(done, 2));
    child.kill('SIGKILL');
    expect((await ended).signal).toBe('SIGKILL');
    const { code, stdout } = await runBuiltCli(args('killed'));
    expect(code, stdout).toBe(0);
    for (const name of ['predictions.csv', 'summary.json']) expect(read('killed', name)).toBe(read('whole', name));
    const { record } = JSON.parse(stdout);
    expect(record.volatile.resumedFrom.finishedItems).toBeGreaterThanOrEqual(BATCHES);
  });
});
