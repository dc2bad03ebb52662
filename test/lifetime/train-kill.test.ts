import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { sha256 } from '../../src/utils/hash.ts';
import { runBuiltCli, startCli } from '../support/run-cli.ts';
import { createSeededRandom } from '../support/seeded-random.ts';
import { createTinyCohort } from '../support/tiny-cohort.ts';
import { createTinyTraining, type TinyTraining } from '../support/tiny-training.ts';

const EPOCHS = 3;
const BATCHES = 16;
/** Batches after which the process is killed, printed below: any will do. KILL_SEED=7 draws others. */
const random = createSeededRandom(Number(process.env['KILL_SEED'] ?? 1));
const STEPS = [random.integer(1, 20), random.integer(21, EPOCHS * BATCHES - 2)];

describe('kill -9 of train phase1', () => {
  let folder: string;
  let tiny: TinyTraining;
  const args = (out: string) => [
    ...['train', 'phase1', '--train', tiny.table, '--model', tiny.model, '--out', join(folder, out), '--resume'],
    ...['--epochs', String(EPOCHS), '--batch-size', '2', '--rate', '0.02', '--workers', '1', '--threads', '1'],
    ...['--checkpoint-every', '5', '--log-every', '1', '--json'],
  ];
  const hash = (out: string) =>
    ['best.safetensors', 'last.safetensors', 'model.onnx', 'model.card.json', 'validation.csv'].map((name) =>
      sha256(readFileSync(join(folder, out, name))),
    );
  /** Lines are written as batches are learned. */
  const countLines = (out: string) => {
    try {
      return readFileSync(join(folder, out, 'metrics.jsonl'), 'utf8').split('\n').length - 1;
    } catch {
      return 0;
    }
  };

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'slideloom-train-kill-'));
    tiny = await createTinyTraining(join(folder, 'data'));
    const { code, stdout } = await runBuiltCli(args('whole'));
    expect(code, stdout).toBe(0);
  }, 60_000);
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  it.each(STEPS)('after %i batches, and resumed: the weights of an undisturbed run', async (step) => {
    process.stderr.write(`kill -9 after ${step} batches\n`);
    const out = `killed-${step}`;
    const { child, ended } = startCli(args(out));
    while (child.exitCode === null && countLines(out) < step) await new Promise((done) => setTimeout(done, 2));
    child.kill('SIGKILL');
    expect((await ended).signal).toBe('SIGKILL');
    const { code, stdout } = await runBuiltCli(args(out));
    expect(code, stdout).toBe(0);
    expect(hash(out)).toEqual(hash('whole'));
    expect(JSON.parse(stdout)).toMatchObject({ record: { status: 'done', counts: { epochs: EPOCHS } } });
  });
});

describe('kill -9 of train phase2', () => {
  it('after some steps, and resumed: the weights of an undisturbed run', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'slideloom-train-kill-'));
    try {
      const { features, labels } = createTinyCohort(join(folder, 'data'));
      const args = (out: string) => [
        ...[
          'train',
          'phase2',
          '--features',
          features,
          '--labels',
          labels,
          '--model',
          'clam-sb',
          '--out',
          join(folder, out),
        ],
        ...[
          '--epochs',
          String(EPOCHS),
          '--batch-size',
          '3',
          '--hidden-size',
          '8',
          '--attention-size',
          '4',
          '--folds',
          '3',
        ],
        ...[
          '--max-patches',
          '8',
          '--threads',
          '1',
          '--checkpoint-every',
          '2',
          '--log-every',
          '1',
          '--resume',
          '--json',
        ],
      ];
      const hash = (out: string) =>
        ['best.safetensors', 'last.safetensors', 'model.onnx', 'model.card.json', 'validation.csv'].map((name) =>
          sha256(readFileSync(join(folder, out, name))),
        );
      expect((await runBuiltCli(args('whole'))).code).toBe(0);
      const { child, ended } = startCli(args('killed'));
      const metrics = join(folder, 'killed', 'metrics.jsonl');
      const countLines = () => (existsSync(metrics) ? readFileSync(metrics, 'utf8').split('\n').length - 1 : 0);
      while (child.exitCode === null && countLines() < 8) await new Promise((done) => setTimeout(done, 2));
      child.kill('SIGKILL');
      expect((await ended).signal).toBe('SIGKILL');
      const { code, stdout } = await runBuiltCli(args('killed'));
      expect(code, stdout).toBe(0);
      expect(hash('killed')).toEqual(hash('whole'));
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  }, 60_000);
});
