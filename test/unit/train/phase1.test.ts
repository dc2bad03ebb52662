import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { readModel } from '../../../src/onnx/model.ts';
import { openForward } from '../../../src/onnx/open-forward.ts';
import { readImage } from '../../../src/train/batches/read-image.ts';
import { readCheckpoint } from '../../../src/train/checkpoints/read-checkpoint.ts';
import type { MetricsLine } from '../../../src/train/loop/metrics-log.ts';
import type { Phase1Config } from '../../../src/train/train-phase1/options.ts';
import { trainPhase1 } from '../../../src/train/train-phase1.ts';
import { parseCsvTable } from '../../../src/utils/csv.ts';
import { AbortedError, OutputError, TrainingError } from '../../../src/utils/errors.ts';
import { sha256 } from '../../../src/utils/hash.ts';
import { getOpenHandles } from '../../../src/utils/open-handles.ts';
import { createTinyModel } from '../../support/tiny-models.ts';
import {
  createTinyClassifier,
  createTinyTraining,
  TINY_SIDE,
  type TinyTraining,
  writeTable,
} from '../../support/tiny-training.ts';
import { describeWithMounts, mountTmpfs, useScratch } from '../utils/fixtures/scratch.ts';

const scratch = useScratch();

function configure({ folder, table, model }: TinyTraining, more: Partial<Phase1Config> = {}): Phase1Config {
  const quick = { epochs: 3, batchSize: 4, workers: 0, threads: 1, rate: 0.02 };
  return { train: table, model, out: join(folder, 'out'), ...quick, ...more };
}

function hash(config: Phase1Config, name: string): string {
  return sha256(readFileSync(join(config.out, name)));
}

function hashAll(config: Phase1Config): string[] {
  return ['best.safetensors', 'last.safetensors', 'model.onnx', 'model.card.json', 'validation.csv'].map((name) =>
    hash(config, name),
  );
}

function readMetrics({ out }: Phase1Config): MetricsLine[] {
  const lines = readFileSync(join(out, 'metrics.jsonl'), 'utf8').trimEnd().split('\n');
  return lines.map((line) => JSON.parse(line));
}

/** What of a line is the same whenever it is computed. */
function strip(line: MetricsLine): Record<string, unknown> {
  const {
    seconds: _seconds,
    picturesPerSecond: _rate,
    bytesBefore: _b,
    bytesAfter: _a,
    ...rest
  } = { ...line } as Record<string, unknown>;
  return rest;
}

describe('a training of phase 1', () => {
  it('leaves a model whose file gives the figures of its card', async () => {
    const tiny = await createTinyTraining(scratch());
    const config = configure(tiny, { inputMpp: 0.5 });
    const { card, modelPath, record, state } = await trainPhase1(config);
    expect(state).toBe('trained');
    expect(hash(config, 'model.onnx')).toBe(card.sha256);
    expect(card.input).toMatchObject({ width: TINY_SIDE, height: TINY_SIDE, mpp: 0.5 });
    expect(record).toMatchObject({ status: 'done', counts: { epochs: 3, steps: 24, validationPictures: 8 } });
    const { rows } = parseCsvTable(readFileSync(join(config.out, 'validation.csv'), 'utf8'));
    await using forward = await openForward(modelPath);
    for (const { path = '', probability_1 } of rows) {
      const { data } = await readImage(path);
      const { mean, std } = card.input;
      const planes = Float32Array.from({ length: data.length }, (_, i) => {
        const [channel, pixel] = [Math.floor(i / TINY_SIDE ** 2), i % TINY_SIDE ** 2];
        return (data[pixel * 3 + channel]! / 255 - mean[channel]!) / std[channel]!;
      });
      const dims = [1, 3, TINY_SIDE, TINY_SIDE];
      const outputs = await forward.run(new Map([['images', { type: 'float32' as const, dims, data: planes }]]));
      const [a = 0, b = 0] = outputs.get('logits')!.data as Float32Array;
      // Sums of a convolution in another order: seven digits.
      expect(Number(probability_1)).toBeCloseTo(1 / (1 + Math.exp(a - b)), 5);
    }
    expect(card.metrics['auc']).toBeGreaterThan(0.8);
    expect(getOpenHandles().filter(({ kind }) => kind !== 'onnx session')).toEqual([]);
  });

  it('is done when it is done, and asks before it replaces another one', async () => {
    const config = configure(await createTinyTraining(scratch()), { epochs: 1 });
    await trainPhase1(config);
    const before = hashAll(config);
    expect((await trainPhase1(config)).state).toBe('done');
    await expect(trainPhase1({ ...config, rate: 0.5 })).rejects.toThrow('options changed (rate)');
    expect(hashAll(config)).toEqual(before);
    expect((await trainPhase1({ ...config, rate: 0.5, overwrite: true })).state).toBe('trained');
    expect(hashAll(config)).not.toEqual(before);
  });

  it('threads, workers, cleaning of memory and what is kept of a step leave no trace in the weights', async () => {
    const tiny = await createTinyTraining(scratch());
    const out = (name: string) => ({ out: join(tiny.folder, name) });
    const one = configure(tiny, { ...out('one'), cleanupEvery: 0 });
    const two = configure(tiny, { ...out('two'), cleanupEvery: 3, workers: 2, threads: 2, mode: 'naive' });
    await trainPhase1(one);
    await trainPhase1(two);
    expect(hashAll(two)).toEqual(hashAll(one));
    const cleanups = readMetrics(two).filter(({ kind }) => kind === 'cleanup');
    expect(cleanups.length).toBe(6);
    expect(readMetrics(one).some(({ kind }) => kind === 'cleanup')).toBe(false);
  });
});

describe('a training that is stopped', () => {
  const everything: Partial<Phase1Config> = {
    accumulate: 2,
    averageDecay: 0.9,
    mixup: 0.2,
    labelSmoothing: 0.1,
    balance: 'sampling',
    schedule: 'plateau',
    dropEpochs: 1,
    logEvery: 1,
    watch: 'loss',
    layerDecay: 0.8,
    loss: 'focal',
  };
  const sgd: Partial<Phase1Config> = { optimizer: 'sgd', checkpointEvery: 1, ...everything };

  it.each<Partial<Phase1Config>>([{ optimizer: 'adamw' }, sgd])('goes on bit for bit: $optimizer', async (options) => {
    const tiny = await createTinyTraining(scratch());
    const whole = configure(tiny, { ...options, out: join(tiny.folder, 'whole') });
    await trainPhase1(whole);
    const config = configure(tiny, options);
    for (const at of [2, 9, 19]) {
      const stop = new AbortController();
      const onProgress = ({ batches }: { batches: number }) => batches === at && stop.abort();
      const stopped = trainPhase1({ ...config, resume: true, onProgress, signal: stop.signal });
      await expect(stopped).rejects.toThrow(AbortedError);
    }
    await expect(trainPhase1(config)).rejects.toThrow('an unfinished training lies there');
    await trainPhase1({ ...config, resume: true });
    expect(hashAll(config)).toEqual(hashAll(whole));
    expect(readMetrics(config).map(strip)).toEqual(readMetrics(whole).map(strip));
  });

  it('keeps the state before the step whose gradients are being gathered', async () => {
    const tiny = await createTinyTraining(scratch());
    const config = configure(tiny, { accumulate: 3, epochs: 1 });
    const logged: string[] = [];
    const log = (message: string) => void logged.push(message);
    const logger = { debug() {}, info() {}, warn: log, error: log, notice: log };
    const stop = new AbortController();
    const onProgress = ({ batches }: { batches: number }) => batches === 5 && stop.abort();
    await expect(trainPhase1({ ...config, onProgress, logger, signal: stop.signal })).rejects.toThrow(AbortedError);
    expect(logged.at(-1)).toContain('last.safetensors holds where the training stands');
    const read = async () => (await readCheckpoint(join(config.out, 'last.safetensors'))).facts;
    expect(await read()).toMatchObject({ step: 1, sampler: { epoch: 0, position: 3 } });
    const broken = { ...config, accumulate: 2, optimizer: 'sgd', rate: 1e30, clipNorm: 0, warmUpShare: 0 } as const;
    const failed = trainPhase1({ ...broken, overwrite: true });
    await expect(failed).rejects.toThrow(/^step [12]: epoch 1, batch \d/);
    const { step, sampler } = await read();
    expect(sampler).toMatchObject({ epoch: 0, position: 2 * step });
  });

  it("leaves another stage's folder as it is", async () => {
    const tiny = await createTinyTraining(scratch());
    const config = configure(tiny);
    await trainPhase1(config);
    const record = join(config.out, 'record.json');
    writeFileSync(record, readFileSync(record, 'utf8').replace('"stage": "train-phase1"', '"stage": "patches"'));
    rmSync(join(config.out, 'last.safetensors'));
    await expect(trainPhase1(config)).rejects.toThrow('the record of something else lies there');
    expect(existsSync(join(config.out, 'model.onnx'))).toBe(true);
  });

  it('without a checkpoint begins anew, and one of another seed is refused', async () => {
    const config = configure(await createTinyTraining(scratch()), { epochs: 1, resume: true });
    const stop = new AbortController();
    const onProgress = ({ batches }: { batches: number }) => batches === 3 && stop.abort();
    await expect(trainPhase1({ ...config, onProgress, signal: stop.signal })).rejects.toThrow(AbortedError);
    const last = join(config.out, 'last.safetensors');
    const bytes = readFileSync(last);
    writeFileSync(last, bytes.subarray(0, bytes.length - 7));
    await expect(trainPhase1(config)).rejects.toThrow(last);
    rmSync(last);
    await trainPhase1(config);
    expect(existsSync(last)).toBe(true);
    await expect(trainPhase1({ ...config, seed: 7 })).rejects.toThrow('options changed (seed)');
  });
});

describe('pictures that slideloom has cut', () => {
  it('a folder of slides and a table of their labels', async () => {
    const tiny = await createTinyTraining(scratch());
    const out = join(tiny.folder, 'slides');
    const header = 'index,x,y,level,mpp,size,tissue_fraction,bad_tiles,path,bytes,sha256';
    for (const patient of new Set(tiny.rows.map((row) => row.patient))) {
      const own = tiny.rows.filter((row) => row.patient === patient);
      const folder = join(out, `slide-${patient}`, 'patches');
      mkdirSync(folder, { recursive: true });
      const lines = own.map(({ path }, k) => `${k},0,0,0,0.5,12,1,0,${join(tiny.folder, path)},10,ab\n`);
      writeFileSync(join(folder, 'patches.csv'), `${header}\n${lines.join('')}`);
    }
    const slideLabels = join(tiny.folder, 'slides.csv');
    const labels = [...new Set(tiny.rows.map(({ patient, label }) => `slide-${patient},${label},${patient}\n`))];
    writeFileSync(slideLabels, `slide,label,patient\n${labels.join('')}`);
    const { record, card } = await trainPhase1(configure(tiny, { train: out, slideLabels, epochs: 1 }));
    expect(record.counts).toMatchObject({ trainPictures: 32, validationPictures: 8 });
    expect(card.training['trainPictures']).toEqual([16, 16]);
    const [train = '', validation] = [0, 1].map((k) => join(out, `slide-p${k}`, 'patches', 'patches.csv'));
    const pair = configure(tiny, { train, validation, slideLabels, epochs: 1, out: join(tiny.folder, 'pair') });
    await expect(trainPhase1(pair)).rejects.toThrow('expected two or more classes but there are 0');
    await expect(trainPhase1(configure(tiny, { train: tiny.folder, overwrite: true }))).rejects.toThrow(
      'no slide with',
    );
  });
});

describeWithMounts('a disk without room', (): void => {
  it('ends it with an error, and it goes on when there is room', async () => {
    const tiny = await createTinyTraining(scratch());
    const whole = configure(tiny, { out: join(tiny.folder, 'whole') });
    await trainPhase1(whole);
    const config = configure(tiny, { out: join(tiny.folder, 'small'), resume: true });
    mkdirSync(config.out);
    const unmount = mountTmpfs(config.out, 'size=128k');
    try {
      // One page for each file that is open before the first checkpoint, and for the temporary one.
      writeFileSync(join(config.out, 'filler'), new Uint8Array((32 - 7) * 4096));
      await expect(trainPhase1(config)).rejects.toThrow(OutputError);
      rmSync(join(config.out, 'filler'));
      await trainPhase1(config);
      expect(hashAll(config)).toEqual(hashAll(whole));
    } finally {
      unmount?.();
    }
  });
});

describe('what a training is given', () => {
  const run = async (change: (tiny: TinyTraining) => unknown) => {
    const tiny = await createTinyTraining(scratch());
    const config = configure(tiny, { epochs: 1, ...(change(tiny) as Partial<Phase1Config> | undefined) });
    return { config, result: trainPhase1(config) };
  };

  it.each([
    ['a missing picture', (tiny: TinyTraining) => rmSync(join(tiny.folder, tiny.rows[3]!.path)), 'no such file'],
    [
      'a damaged picture',
      (tiny: TinyTraining) => writeFileSync(join(tiny.folder, tiny.rows[3]!.path), 'PNG?'),
      '3.png',
    ],
  ])('%s ends it, or is left out and recorded', async (_name, damage, message) => {
    await expect((await run((tiny) => void damage(tiny))).result).rejects.toThrow(message);
    const { result } = await run((tiny) => {
      damage(tiny);
      return { onBadImage: 'skip' };
    });
    const { record } = await result;
    expect(record.counts['skippedPictures']).toBe(1);
    expect(record.notices).toEqual([expect.stringContaining('3.png')]);
  });

  it('a label that is no class', async () => {
    const { result } = await run(({ table, rows }) => {
      writeTable(
        table,
        rows.map((row, k) => ({ ...row, label: k === 5 ? 7 : row.label })),
      );
      return { classes: ['benign', 'malignant'] };
    });
    await expect(result).rejects.toThrow('line 7: the label "7" is none of benign, malignant');
  });

  it('a patient in both tables', async () => {
    const { result } = await run(({ folder, rows }) => {
      writeTable(join(folder, 'a.csv'), rows.slice(0, 30));
      writeTable(join(folder, 'b.csv'), rows.slice(30));
      return { train: join(folder, 'a.csv'), validation: join(folder, 'b.csv') };
    });
    await expect(result).rejects.toThrow(/10 patients are in training and in validation/);
  });

  it('a rate at which numbers end: step and batch are named, the state before that batch is kept', async () => {
    const options = { optimizer: 'sgd', rate: 1e30, clipNorm: 0, warmUpShare: 0 } as const;
    const { config, result } = await run(() => options);
    const error: unknown = await result.catch((reason: unknown) => reason);
    expect(error).toBeInstanceOf(TrainingError);
    const { message, step } = error as TrainingError;
    expect(message).toMatch(/^step \d+: epoch 1, batch \d+ \(\d+\.png, .*, and 1 more\): the (loss|gradients)/);
    const { facts, weights } = await readCheckpoint(join(config.out, 'last.safetensors'));
    expect(step).toBeGreaterThan(0);
    expect(facts).toMatchObject({ step, sampler: { epoch: 0, position: step } });
    expect([...weights.values()].every((values) => values.every(Number.isFinite))).toBe(true);
    expect(JSON.parse(readFileSync(join(config.out, 'record.json'), 'utf8'))).toMatchObject({
      status: 'failed',
      error: { tag: 'training' },
    });
    await expect(trainPhase1({ ...config, resume: true })).rejects.toThrow(message);
    // Weights that are no numbers any more are not kept.
    const worse = await run(() => ({ ...options, rate: 1e45 }));
    await expect(worse.result).rejects.toThrow(TrainingError);
    expect(existsSync(join(worse.config.out, 'last.safetensors'))).toBe(false);
  });

  it('a model of another number of classes', async () => {
    const { result } = await run(({ table, rows }) => {
      writeTable(
        table,
        rows.map((row, k) => ({ ...row, label: k % 3 })),
      );
      return { balance: 'none' };
    });
    await expect(result).rejects.toThrow('there are 3 classes');
  });

  it('pictures of another size than asked of the model', async () => {
    await expect((await run(() => ({ inputSize: 64 }))).result).rejects.toThrow(`expected ${TINY_SIDE}`);
  });

  it.each([
    [
      'an input that is no picture',
      createTinyModel({ nodes: [['Relu', ['x'], ['y']]] }),
      'where [batch, 3, height, width]',
    ],
    ['an operator without gradient, by its name', createTinyClassifier({ activation: 'Acosh' }), 'operator Acosh'],
    ['probabilities in place of logits', createTinyClassifier({ last: 'Softmax' }), 'it ends in Softmax'],
    ['no model at all', new TextEncoder().encode('no model'), 'no ONNX model'],
  ])('a model with %s', async (_name, bytes, message) => {
    const { result, config } = await run(({ model }) => void writeFileSync(model, bytes));
    await expect(result).rejects.toThrow(message);
    // Nothing was lost, so nothing stands in the way of the next try.
    writeFileSync(config.model, createTinyClassifier());
    expect((await trainPhase1(config)).state).toBe('trained');
  });

  it('a new head for three classes; the rest stays as it is in the file', async () => {
    const { config, result } = await run(({ table, rows }) => {
      writeTable(
        table,
        rows.map((row, k) => ({ ...row, label: ['a', 'b', 'c'][k % 3]! })),
      );
      return { newHead: true, trained: 'head' };
    });
    const { card, modelPath } = await result;
    expect(card.classes).toEqual(['a', 'b', 'c']);
    const [before, after] = [await readModel(config.model), await readModel(modelPath)];
    expect(after.initializers.get('conv.weight')).toEqual(before.initializers.get('conv.weight'));
    expect(after.initializers.get('fc.weight')?.dims).toEqual([3, 4]);
    await trainPhase1({ ...config, newHead: false, model: modelPath, out: join(config.out, 'again') });
    const { result: none } = await run(({ model }) => {
      writeFileSync(model, createTinyClassifier({ last: 'Tanh' }));
      return { newHead: true };
    });
    await expect(none).rejects.toThrow('no [batch, features]');
    await expect((await run(() => ({ model: 'resnet-tiny', newHead: true }))).result).rejects.toThrow('`newHead`');
  });

  it('the head alone learns', async () => {
    const { config, result } = await run(() => ({ trained: 'head' }));
    await result;
    const { weights } = await readCheckpoint(join(config.out, 'best.safetensors'));
    expect([...weights.keys()]).toEqual(['fc.bias', 'fc.weight']);
  });

  it.each([
    [{ device: 'webgpu', deterministic: true }, 'device'],
    [{ folds: 1 }, 'folds'],
    [{ mean: [0.5, 0.5] }, 'mean'],
    [{ augment: { cropScale: 2 } }, 'cropScale'],
    [{ trained: 7 }, 'trained'],
  ] as const)('%o', async (options, name) => {
    await expect((await run(() => options)).result).rejects.toThrow(`\`${name}\``);
  });
});
