import { copyFileSync, existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { readSlideFeatures } from '../../../src/io/feature-files/read-slide-features.ts';
import { openForward } from '../../../src/onnx/open-forward.ts';
import { FACTS_KEY } from '../../../src/train/checkpoints/checkpoint.ts';
import { readCheckpoint } from '../../../src/train/checkpoints/read-checkpoint.ts';
import { crossValidatePhase2 } from '../../../src/train/cross-validate.ts';
import { calibrate } from '../../../src/train/metrics/temperature.ts';
import { readMilCard } from '../../../src/train/mil-card.ts';
import type { Phase2Config } from '../../../src/train/train-phase2/options.ts';
import { trainPhase2 } from '../../../src/train/train-phase2.ts';
import { parseCsvTable } from '../../../src/utils/csv.ts';
import { AbortedError, type DatasetError, TrainingError } from '../../../src/utils/errors.ts';
import { sha256 } from '../../../src/utils/hash.ts';
import {
  configureTiny,
  createTinyCohort,
  TINY_DIM,
  type TinyCohort,
  writeLabels,
  writeTinyFeatures,
} from '../../support/tiny-cohort.ts';
import { useScratch } from '../utils/fixtures/scratch.ts';

const scratch = useScratch();

/** Enough for any of the models to find what tumours have. To open two sessions takes longer than these epochs. */
const FINDS = { epochs: 5, batchSize: 1, rate: 0.05 } as const;

function hashAll({ out }: Phase2Config): string[] {
  const names = [
    'best.safetensors',
    'last.safetensors',
    'model.onnx',
    'model.card.json',
    'validation.csv',
    'slides.csv',
  ];
  return names.map((name) => sha256(readFileSync(join(out, name))));
}

/** Of the epoch, where a checkpoint stands; 0 where there is none. */
function readPosition(path: string): number {
  if (!existsSync(path)) return 0;
  const bytes = readFileSync(path);
  const header = JSON.parse(bytes.toString('utf8', 8, 8 + Number(bytes.readBigUInt64LE())));
  return JSON.parse(header.__metadata__[FACTS_KEY]).sampler.position;
}

function readTable(path: string): readonly Readonly<Record<string, string>>[] {
  return parseCsvTable(readFileSync(path, 'utf8')).rows;
}

/** The probabilities of validation.csv are those that model and card give, and the threshold tells classes apart. */
async function checkFile({ out }: Phase2Config): Promise<void> {
  const modelPath = join(out, 'model.onnx');
  const card = (await readMilCard(modelPath))!;
  expect(card.metrics['auc']).toBe(1);
  await using forward = await openForward(modelPath);
  for (const { features = '', label, probability_tumour } of readTable(join(out, 'validation.csv'))) {
    const { features: data, count, dim } = await readSlideFeatures(features);
    const outputs = await forward.run(new Map([['features', { type: 'float32' as const, dims: [count, dim], data }]]));
    const probabilities = calibrate(outputs.get('logits')!.data as Float32Array, card.temperature, 2);
    // Threads may add in another order.
    expect(Number(probability_tumour)).toBeCloseTo(probabilities[1]!, 5);
    expect(Number(probability_tumour) >= card.threshold!).toBe(label === 'tumour');
  }
}

describe('a training of phase 2', () => {
  it('finds the slides that have something; its file gives the figures', async () => {
    const config = configureTiny(createTinyCohort(scratch()), FINDS);
    const { card, modelPath, record } = await trainPhase2(config);
    expect(card).toMatchObject({ architecture: 'abmil', classes: ['normal', 'tumour'] });
    expect(card.input).toEqual({ name: 'features', featureDim: TINY_DIM, backbone: { name: 'tiny', sha256: 'tiny' } });
    expect(card.training['chosenOnValidation']).toEqual(['epoch', 'temperature', 'threshold']);
    expect(await readMilCard(modelPath)).toEqual(card);
    expect(sha256(readFileSync(modelPath))).toBe(card.sha256);
    expect(record.counts).toMatchObject({ trainSlides: 16, validationSlides: 8, skippedSlides: 0 });
    await checkFile(config);
    const page = readFileSync(join(config.out, 'report.html'), 'utf8');
    expect(page).toContain('Phase 2: abmil, 2 classes');
    expect(page).toContain('by which the best epoch and the temperature and the threshold were chosen');
    expect(page).not.toMatch(/undefined|NaN|Infinity|\[object/);

    // Other features of the same size are another training.
    expect(await trainPhase2(config)).toMatchObject({ state: 'done' });
    const { features } = await readSlideFeatures(join(config.features, 's00.safetensors'));
    writeTinyFeatures(config.features, 's00', features.map((value) => value + 1)); // biome-ignore format: one line
    await expect(trainPhase2(config)).rejects.toThrow('another training lies there');
  });

  it('three classes have neither threshold nor a second class; features as they are', async () => {
    const cohort = createTinyCohort(scratch());
    const kinds = ['a', 'b', 'c'];
    writeLabels(
      cohort.labels,
      cohort.slides.map((one, k) => ({ ...one, label: kinds[Math.floor(k / 2) % 3]! })),
    );
    const more = { model: 'max', epochs: 1, loss: 'focal', labelSmoothing: 0.1, standardize: false } as const;
    const { card, modelPath } = await trainPhase2(configureTiny(cohort, { ...more, attention: undefined }));
    expect(card).toMatchObject({ classes: kinds, threshold: null });
    expect(card.training['chosenOnValidation']).toEqual(['epoch', 'temperature']);
    expect(readFileSync(modelPath).includes('features.mean')).toBe(false);
  });
});

describe('a training of phase 2 that is stopped', () => {
  it('goes on bit for bit, also from within a step; threads, memory and cleaning of memory leave no trace', async () => {
    const cohort = createTinyCohort(scratch());
    const learning = { model: 'clam-sb', batchSize: 3, averageDecay: 0.9, schedule: 'plateau', epochs: 3 } as const;
    const options = { ...learning, maxPatches: 8, balance: 'sampling', instances: 2 } as const;
    const whole = configureTiny(cohort, { ...options, out: join(cohort.folder, 'whole'), cleanupEvery: 0 });
    await trainPhase2(whole);
    const config = configureTiny(cohort, { ...options, cleanupEvery: 5, threads: 2, cacheMemory: 0 });
    const logged: string[] = [];
    const log = (message: string) => void logged.push(message);
    const logger = { debug() {}, info() {}, warn: log, error: log, notice: log };
    for (const at of [2, 20, 32]) {
      const stop = new AbortController();
      const onProgress = ({ batches, judged = 0 }: { batches: number; judged?: number }) => {
        // At 32 the second epoch is learned, and is being judged.
        if (at === 32 ? judged === 3 && batches === at : batches === at) stop.abort();
      };
      const stopped = trainPhase2({ ...config, resume: true, onProgress, logger, signal: stop.signal });
      await expect(stopped).rejects.toThrow(AbortedError);
      expect(logged.splice(0).at(-1)).toContain('last.safetensors holds where the training stands');
      const { facts } = await readCheckpoint(join(config.out, 'last.safetensors'));
      const { epoch, position } = facts.sampler;
      // The step under way is learned again as a whole.
      expect(epoch * 16 + position).toBe(at === 2 ? 0 : at === 20 ? 19 : at);
    }
    await trainPhase2({ ...config, resume: true });
    expect(hashAll(config)).toEqual(hashAll(whole));
  });

  it('at a rate at which numbers end keeps the state before the step, whose slide it names', async () => {
    const config = configureTiny(createTinyCohort(scratch()), {
      ...{ optimizer: 'sgd', rate: 1e30, clipNorm: 0, warmUpShare: 0 },
    });
    const error: unknown = await trainPhase2(config).catch((reason: unknown) => reason);
    expect(error).toBeInstanceOf(TrainingError);
    expect((error as Error).message).toMatch(/^step \d+: epoch 1, slide \d+ \(s\d+\): the (loss|gradients)/);
    const { facts, weights } = await readCheckpoint(join(config.out, 'last.safetensors'));
    expect(facts.sampler).toMatchObject({ epoch: 0, position: 2 * facts.step });
    expect([...weights.values()].every((values) => values.every(Number.isFinite))).toBe(true);
  });
});

describe('folds of slides', () => {
  it('each slide is judged once', async () => {
    const cohort = createTinyCohort(scratch());
    const options = { ...FINDS, model: 'mean', attention: undefined, folds: 2 } as const;
    const { out, ...rest } = configureTiny(cohort, options);
    const none = { fold: undefined, validation: undefined, onProgress() {} };
    const { folds } = await crossValidatePhase2({ ...rest, out, ...none });
    const judged = folds.map(({ folder }) => readTable(join(out, folder, 'validation.csv')).map(({ slide }) => slide));
    expect(judged.flat().sort()).toEqual(cohort.slides.map(({ slide }) => slide));
    expect(folds[0]).toMatchObject({ learned: 12, judged: 12, skipped: 0 });
    await checkFile({ ...rest, out: join(out, 'fold-0') });
    const page = readFileSync(join(out, 'report.html'), 'utf8');
    expect(page).toContain('Phase 2: 2 folds, 2 classes');
    expect(page).toContain('its best epoch, its temperature, its threshold are by the figures of the same slides');
  });
});

describe('what phase 2 is given', () => {
  const refuse = async (change: (cohort: TinyCohort) => unknown) => {
    const cohort = createTinyCohort(scratch());
    const config = configureTiny(cohort, {
      epochs: 1,
      ...((await change(cohort)) as Partial<Phase2Config> | undefined),
    });
    const error: unknown = await trainPhase2(config).catch((reason: unknown) => reason);
    expect(error).toBeInstanceOf(Error);
    expect(existsSync(config.out)).toBe(false);
    return error as DatasetError;
  };
  const relabel = ({ labels, slides }: TinyCohort, label: (k: number) => string) =>
    writeLabels(labels, slides.map((one, k) => ({ ...one, label: label(k) }))); // biome-ignore format: one line

  it('features of two sizes: both are named', async () => {
    const error = await refuse(({ features }) => writeTinyFeatures(features, 's05', new Float32Array(20), { dim: 4 }));
    expect(error).toMatchObject({ reason: 'dimension' });
    expect(error.message).toMatch(/s05\.safetensors: its features have 4 numbers, and those of .*s00\.safetensors 6/);
  });

  it('features of two models', async () => {
    const error = await refuse(({ features }) =>
      writeTinyFeatures(features, 's05', new Float32Array(5 * TINY_DIM), { model: 'other' }),
    );
    expect(error).toMatchObject({ reason: 'backbone' });
  });

  it('a fold of one class, and a class that only one patient has', async () => {
    const one = await refuse((cohort) => {
      writeLabels(join(cohort.folder, 'validation.csv'), cohort.slides.slice(0, 2));
      writeLabels(cohort.labels, cohort.slides.slice(2));
      return { validation: join(cohort.folder, 'validation.csv'), folds: undefined };
    });
    expect(one.message).toContain('no slide of the class tumour to judge by');
    const rare = await refuse((cohort) => relabel(cohort, (k) => (k < 2 ? 'rare' : 'usual')));
    expect(rare.message).toMatch(/no slide of the class rare to (learn from|judge by)/);
    const single = await refuse((cohort) => relabel(cohort, () => 'usual'));
    expect(single.message).toContain('expected two or more classes but there are usual');
  });

  it('an unknown class, with its line', async () => {
    const error = await refuse((cohort) => {
      relabel(cohort, (k) => (k === 3 ? 'tumor' : ['normal', 'tumour'][k % 2]!));
      return { classes: ['normal', 'tumour'] };
    });
    expect(error.message).toMatch(/line 5: the label "tumor" is none of normal, tumour/);
  });

  it('a patient on both sides', async () => {
    const error = await refuse((cohort) => {
      writeLabels(join(cohort.folder, 'validation.csv'), cohort.slides.slice(17));
      writeLabels(cohort.labels, cohort.slides.slice(0, 17));
      return { validation: join(cohort.folder, 'validation.csv'), folds: undefined };
    });
    expect(error).toMatchObject({ reason: 'patient-leak' });
  });

  it('names that meet nowhere, and a slide twice', async () => {
    const error = await refuse(
      ({ labels, slides }) =>
      writeLabels(labels, slides.map((one) => ({ ...one, slide: `${one.slide}.svs` }))), // biome-ignore format: one line
    );
    expect(error.message).toContain(
      'none of its slides (s00.svs, s01.svs, s02.svs) has features (there are s00, s01, s02)',
    );
    const twice = await refuse(({ features }) =>
      renameSync(join(features, 's00.safetensors'), join(features, 's01.h5')),
    );
    expect(twice).toMatchObject({ reason: 'duplicate' });
    const same = await refuse(({ features }) =>
      copyFileSync(join(features, 's03.safetensors'), join(features, 's20.safetensors')),
    );
    expect(same.message).toContain('line 22: the slides s03 and s20 have the same features');
  });

  it('slides to judge by that cannot be read: it ends with the first epoch', async () => {
    const { features, labels, slides, ...cohort } = createTinyCohort(scratch());
    for (const [k, { slide }] of slides.slice(20).entries())
      writeTinyFeatures(features, slide, new Float32Array((5 + k) * TINY_DIM).fill(Number.NaN));
    const validation = join(cohort.folder, 'validation.csv');
    writeLabels(validation, slides.slice(20));
    writeLabels(labels, slides.slice(0, 20));
    const training = trainPhase2(
      configureTiny({ features, labels, slides, ...cohort }, { validation, folds: undefined }),
    );
    await expect(training).rejects.toThrow('validation.csv: none of the slides can be read');
  });

  it('slides without patches, features or label are left out and listed, or end it', async () => {
    const cohort = createTinyCohort(scratch(), { slides: 28 });
    const { features, labels, slides, folder } = cohort;
    writeTinyFeatures(features, 's00', new Float32Array(0));
    rmSync(join(features, 's01.safetensors'));
    const bytes = readFileSync(join(features, 's03.safetensors'));
    writeFileSync(join(features, 's03.safetensors'), bytes.subarray(0, 40));
    const bad = new Float32Array(9 * TINY_DIM).fill(Number.NaN);
    writeTinyFeatures(features, 's05', bad);
    writeLabels(labels, slides.slice(0, 27).map((one, k) => (k === 2 ? { ...one, label: '' } : one))); // biome-ignore format: one line
    const saved = new Set<number>();
    const onProgress = () => saved.add(readPosition(join(config.out, 'last.safetensors')));
    const more = { model: 'gated-abmil', batchSize: 2, checkpointEvery: 1, onProgress } as const;
    const config = configureTiny(cohort, { ...FINDS, ...more });
    const { record } = await trainPhase2(config);
    expect(record.counts['skippedSlides']).toBe(5);
    await checkFile(config);
    // Behind a slide that was left out steps end at other places than before, and are saved there too.
    expect([...saved].some((position) => position % 2 === 1)).toBe(true);
    const left = readTable(join(config.out, 'slides.csv')).filter(({ set }) => set === 'left-out');
    const reasons = Object.fromEntries(left.map(({ slide, reason }) => [slide, reason]));
    expect(reasons).toMatchObject({
      s00: 'no patches',
      s01: 'no features',
      s02: 'no label',
      s27: 'in no table of labels',
    });
    expect(reasons['s03']).toContain('s03.safetensors');
    expect(reasons['s05']).toBe('not readable');
    const failing = { ...config, onBadSlide: 'fail', out: join(folder, 'fail') } as const;
    await expect(trainPhase2(failing)).rejects.toThrow('the slide s00: no patches');
    writeLabels(labels, slides.slice(4, 27));
    await expect(trainPhase2(failing)).rejects.toThrow('some of its features are no numbers');
  });

  it('the table that embed leaves, with paths below its folder', async () => {
    const cohort = createTinyCohort(scratch());
    const folder = join(cohort.folder, 'embedded');
    mkdirSync(folder);
    renameSync(cohort.features, join(folder, 'files'));
    const lines = cohort.slides.map(({ slide }, k) =>
      k === 4
        ? `${slide},/slides/${slide}.svs,no-patches,,0\n`
        : `${slide},/slides/${slide}.svs,done,files/${slide}.safetensors,12\n`,
    );
    writeFileSync(join(folder, 'features.csv'), `slide,path,status,features,patches\n${lines.join('')}`);
    const config = configureTiny(cohort, { ...FINDS, features: folder, model: 'max', attention: undefined });
    await trainPhase2(config);
    await checkFile(config);
    const rows = readTable(join(config.out, 'slides.csv'));
    expect(rows.find(({ slide }) => slide === 's04')).toMatchObject({ set: 'left-out', reason: 'no-patches' });
    expect(readFileSync(join(config.out, 'report.html'), 'utf8')).toMatch(
      /file:\/\/\/slides\/s\d\d\.svs|None: every slide/,
    );
  });

  it.each([
    [{ model: 'resnet' as never }, 'model'],
    [{ bagWeight: 0.5 }, 'bagWeight'],
    [{ model: 'mean', attention: 4 }, 'attention'],
    [{ maxPatches: -1 }, 'maxPatches'],
    [{ validation: 'val.csv' }, 'folds'],
    [{ folds: 1 }, 'folds'],
  ] as const)('%o', async (options, name) => {
    expect((await refuse(() => options)).message).toContain(`\`${name}\``);
  });
});
