import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type ClassifyConfig, classify } from '../../../src/inference/classify.ts';
import { createTarEntries } from '../../../src/io/tar/tar-entries.ts';
import { encodeModel, readModel } from '../../../src/onnx/model.ts';
import { type ModelCard, writeModelCard } from '../../../src/train/train-phase1/model-card.ts';
import { parseCsvTable } from '../../../src/utils/csv.ts';
import { ModelError } from '../../../src/utils/errors.ts';
import { sha256 } from '../../../src/utils/hash.ts';
import { createPattern, createTinyModel, type TinyModel } from '../../support/tiny-models.ts';
import { createTinyTraining, TINY_SIDE, type TinyTraining, writeTable } from '../../support/tiny-training.ts';

let folder: string;
let tiny: TinyTraining;
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'slideloom-classify-'));
  tiny = await createTinyTraining(join(folder, 'data'), { pictures: 11, patients: 4 });
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const run = (out: string, config: Partial<ClassifyConfig> = {}) =>
  classify({ input: tiny.table, model: tiny.model, out: join(folder, out), workers: 0, ...config });
const read = (out: string, name = 'predictions.csv') => readFileSync(join(folder, out, name), 'utf8');
const readTable = (out: string) => parseCsvTable(read(out));

/** Mean of each plane as a logit: what a picture's numbers are can be told by hand. */
function writeMeans(name: string, parts: Partial<TinyModel> & { batch?: number | string; last?: string } = {}): string {
  const { batch = 'batch', last, ...rest } = parts;
  const path = join(folder, name);
  const bytes = createTinyModel({
    inputs: { images: [batch, 3, TINY_SIDE, TINY_SIDE] },
    outputs: ['out'],
    nodes: [
      ['GlobalAveragePool', ['images'], ['p']],
      ['Flatten', ['p'], [last ? 'f' : 'out']],
      ...(last ? [[last, ['f'], ['out']] as const] : []),
    ],
    ...rest,
  });
  writeFileSync(path, bytes);
  return path;
}

function createCard(model: string, classes: string[]): ModelCard {
  return {
    schema: 'slideloom/model-card/v1',
    ...{ model: 'm.onnx', sha256: sha256(readFileSync(model)), task: 'patch-classification' },
    input: { name: 'images', width: TINY_SIDE, height: TINY_SIDE, mpp: null, mean: [0, 0, 0], std: [1, 1, 1] },
    output: { name: 'out', activation: 'sigmoid' },
    ...{ classes, threshold: 0.6, metrics: {}, training: {} },
  };
}

describe('predictions', () => {
  it('keep the columns of the table, and come with figures of its labels', async () => {
    const { summary, record, state } = await run('plain');
    expect(state).toBe('predicted');
    const { columns, rows } = readTable('plain');
    expect(columns).toEqual(['path', 'label', 'patient', 'predicted', 'decision', 'probability_0', 'probability_1']);
    expect(rows.map(({ path }) => path)).toEqual(tiny.rows.map(({ path }) => path));
    for (const row of rows) {
      const [a, b] = [Number(row['probability_0']), Number(row['probability_1'])];
      expect(a + b).toBeCloseTo(1, 6);
      expect(row['predicted']).toBe(b > a ? '1' : '0');
      expect(row['decision']).toBe(b >= 0.5 ? '1' : '0');
    }
    const hits = rows.filter(({ label, decision }) => label === decision).length;
    expect(summary).toMatchObject({ pictures: 11, skipped: 0, threshold: 0.5, figures: { labelled: 11 } });
    expect(summary.figures?.accuracy).toBeCloseTo(hits / 11, 12);
    expect(record).toMatchObject({ stage: 'predict-patches', status: 'done', counts: { pictures: 11, skipped: 0 } });
    expect(JSON.parse(read('plain', 'summary.json'))).toEqual(summary);
  });

  it('are the same bytes with any threads, done once, and made anew with other options', async () => {
    await run('threads', { workers: 2, threads: 2 });
    expect(read('threads')).toBe(read('plain'));
    expect((await run('threads')).state).toBe('done');
    expect((await run('threads', { overwrite: true })).state).toBe('predicted');
    const other = await run('threads', { threshold: 0.9 });
    expect(other).toMatchObject({ state: 'predicted', summary: { threshold: 0.9 } });
  });

  // Convolutions add in another order for other batches: within 5e-7. The model's file trains its batch normalisation, which would
  // take away all that a batch of one picture has.
  it.each([1, 4])('in batches of %i are those of one batch', async (batchSize) => {
    await run(`batch-${batchSize}`, { batchSize });
    for (const [at, row] of readTable(`batch-${batchSize}`).rows.entries())
      expect(Number(row['probability_1'])).toBeCloseTo(Number(readTable('plain').rows[at]?.['probability_1']), 6);
  });

  it('of a model with a fixed batch are those of a free one', async () => {
    const [free, fixed] = [writeMeans('free.onnx'), writeMeans('fixed.onnx', { batch: 4 })];
    await run('free', { model: free });
    await run('fixed', { model: fixed });
    expect(read('fixed')).toBe(read('free'));
    expect(readTable('fixed').columns).toContain('probability_2');
  });

  it('go on behind what a run had done that met a bad picture', async () => {
    const path = join(tiny.folder, tiny.rows[9]!.path);
    const bytes = readFileSync(path);
    writeFileSync(path, 'no picture');
    await expect(run('stopped', { batchSize: 2 })).rejects.toMatchObject({ tag: 'dataset', reason: 'bad-image' });
    expect(JSON.parse(read('stopped', 'record.json'))).toMatchObject({ status: 'failed', error: { tag: 'dataset' } });
    expect(existsSync(join(folder, 'stopped', 'predictions.csv'))).toBe(false);
    writeFileSync(path, bytes);
    const seen: number[] = [];
    await run('stopped', { batchSize: 2, onProgress: ({ done }) => seen.push(done) });
    expect(seen).toEqual([8, 10, 11]);
    await run('undisturbed', { batchSize: 2 });
    expect(read('stopped')).toBe(read('undisturbed'));
  });

  it('leave bad pictures out and list them', async () => {
    const table = join(tiny.folder, 'bad.csv');
    writeFileSync(join(tiny.folder, 'bad.png'), 'no picture');
    const rows = [tiny.rows[0]!, { path: 'bad.png', label: 1 }, { path: 'missing.png', label: 1 }, tiny.rows[1]!];
    writeTable(table, rows);
    const { summary, record } = await run('skipped', { input: table, onBadImage: 'skip', batchSize: 2 });
    expect(summary).toMatchObject({ pictures: 2, skipped: 2, figures: { labelled: 2 } });
    expect(read('skipped', 'skipped.csv')).toMatch(/^path,reason\n.*bad\.png,.*\n.*missing\.png,.*no such file.*\n$/);
    expect(record.notices).toHaveLength(2);
    expect(readTable('skipped').rows.map(({ path }) => path)).toEqual([tiny.rows[0]!.path, tiny.rows[1]!.path]);
  });

  it('that are no numbers end the run with the picture, not as the first class', async () => {
    // Planes that are divided by this overflow.
    const config = { std: [1e-40, 1e-40, 1e-40], activation: 'softmax', classNames: ['a', 'b', 'c'] } as const;
    const model = writeMeans('overflow.onnx');
    const error = await run('overflow', { model, ...config }).catch((reason: unknown) => reason);
    expect(error).toBeInstanceOf(ModelError);
    expect(String(error)).toMatch(/gives (NaN|-?Infinity) for .*\.png/);
    expect(existsSync(join(folder, 'overflow', 'predictions.csv'))).toBe(false);
  });
});

describe('inputs', () => {
  it('patches in shards are those in files', async () => {
    const shards = join(folder, 'sharded', 'patches', 'shards');
    mkdirSync(shards, { recursive: true });
    const tar = createTarEntries();
    const files = tiny.rows.slice(0, 3).map(({ path }) => readFileSync(join(tiny.folder, path)));
    for (const [at, bytes] of files.entries()) tar.add(`00000000${at}.png`, bytes);
    tar.add('000000003.png', Buffer.from('no picture'));
    writeFileSync(join(shards, 'shard-000000.tar'), Buffer.concat([tar.take(), new Uint8Array(1024)]));
    const write = (count: number) => {
      const lines = Array.from({ length: count }, (_, at) => `${at},shards/shard-000000.tar/00000000${at}.png\n`);
      writeFileSync(join(shards, '..', 'patches.csv'), `index,path\n${lines.join('')}`);
    };
    const input = join(folder, 'sharded', 'patches');
    write(4);
    const { summary } = await run('from-shards', { input, onBadImage: 'skip' });
    expect(summary).toMatchObject({ pictures: 3, skipped: 1 });
    expect(read('from-shards', 'skipped.csv')).toMatch(/000000\.tar.000000003\.png,.*at byte \d+: no PNG/);
    const numbers = (out: string) => readTable(out).rows.map((row) => row['probability_1']);
    await run('three', { input: tiny.table, batchSize: 11 });
    for (const [at, value] of numbers('from-shards').entries())
      expect(Number(value)).toBeCloseTo(Number(numbers('three')[at]), 6);
    expect(readTable('from-shards').rows[0]).toMatchObject({
      slide: 'sharded',
      path: 'shards/shard-000000.tar/000000000.png',
    });
    write(5);
    await expect(run('no-entry', { input })).rejects.toMatchObject({ tag: 'dataset', reason: 'missing-image' });
    writeFileSync(join(shards, 'shard-000000.tar'), new Uint8Array(600).fill(7));
    await expect(run('no-tar', { input })).rejects.toMatchObject({ tag: 'source' });
  });

  it('folders of pictures, and of patches with their slide', async () => {
    await run('listed', { input: join(tiny.folder, 'pictures') });
    expect(readTable('listed').rows.map(({ path }) => path)).toEqual(tiny.rows.map(({ path }) => path.slice(9)).sort());
    const out = join(folder, 'cohort', 'slide-1', 'patches');
    mkdirSync(out, { recursive: true });
    writeFileSync(
      join(out, 'patches.csv'),
      `index,x,path,label\n7,256,${join(tiny.folder, tiny.rows[0]!.path)},tumour\n`,
    );
    const { summary } = await run('patches', { input: join(folder, 'cohort') });
    expect(readTable('patches').rows[0]).toMatchObject({ slide: 'slide-1', index: '7', x: '256', label: 'tumour' });
    // Labels that are no class of the model say nothing of it.
    expect(summary.figures).toBeNull();
  });

  it('several are told apart in the table, also where their pictures have the same names', async () => {
    const folders = ['one', 'other'].map((name) => join(folder, 'twins', name));
    for (const [at, twin] of folders.entries()) {
      mkdirSync(twin, { recursive: true });
      writeFileSync(join(twin, 'same.png'), readFileSync(join(tiny.folder, tiny.rows[at]!.path)));
    }
    const table = join(tiny.folder, 'inputs.csv');
    writeFileSync(table, `input,path,label\nmine,${tiny.rows[0]!.path},0\n`);
    await run('twins', { input: [...folders, table] });
    const { columns, rows } = readTable('twins');
    expect(columns.slice(0, 3)).toEqual(['input', 'path', 'label']);
    expect(rows.map(({ input, path }) => [input, path])).toEqual([
      ...folders.map((twin) => [twin, 'same.png']),
      [table, tiny.rows[0]!.path],
    ]);
  });

  it('labels are classes by name or by number, but for numbers that go beyond them', async () => {
    const judge = async (name: string, labels: string[]) => {
      const table = join(tiny.folder, `${name}.csv`);
      const lines = labels.map((label, at) => `${tiny.rows[at]!.path},${label}\n`);
      writeFileSync(table, `path,label\n${lines.join('')}`);
      const { summary } = await run(name, { input: table, classes: ['normal', 'tumour'] });
      return summary.figures?.labelled;
    };
    expect(await judge('numbers', ['0', '1', 'tumour', 'unknown'])).toBe(3);
    expect(await judge('from-one', ['1', '2', '1', '2'])).toBeUndefined();
  });

  it('a model is another one where its weights beside it are', async () => {
    const model = join(folder, 'beside', 'model.onnx');
    mkdirSync(join(folder, 'beside'));
    const { message } = await readModel(tiny.model);
    const tensors = message.graph?.initializer ?? [];
    const bias = tensors.find(({ name }) => name === 'fc.bias');
    const externalData = Object.entries({ location: 'weights', length: '8' }).map(([key, value]) => ({ key, value }));
    const moved = { name: 'fc.bias', dims: [2], dataType: 1, dataLocation: 1, externalData };
    const initializer = tensors.map((tensor) => (tensor === bias ? moved : tensor));
    writeFileSync(model, Buffer.concat(encodeModel({ ...message, graph: { ...message.graph, initializer } })));
    const hashes: string[] = [];
    for (const values of [
      [0, 0],
      [5, 0],
    ]) {
      writeFileSync(join(folder, 'beside', 'weights'), new Uint8Array(Float32Array.from(values).buffer));
      const { state, summary } = await run('beside-out', { model });
      expect(state).toBe('predicted');
      hashes.push(summary.model.sha256);
    }
    expect(new Set(hashes).size).toBe(2);
  });

  it.each([
    ['a folder without pictures', () => ({ input: join(folder, 'plain') }), { tag: 'dataset', reason: 'empty' }],
    ['no such input', () => ({ input: join(folder, 'gone.csv') }), { tag: 'source' }],
    ['no such model', () => ({ model: join(folder, 'gone.onnx') }), { tag: 'source' }],
    ['names for other classes', () => ({ classes: ['a', 'b', 'c'] }), { tag: 'option', option: 'classes' }],
    ['another size', () => ({ inputSize: 24 }), { tag: 'option', option: 'inputSize' }],
    ['no such output', () => ({ outputName: 'gone' }), { tag: 'option', option: 'outputName' }],
    [
      'a size that nobody says',
      () => ({ model: writeMeans('open.onnx', { inputs: { images: ['b', 3, 'h', 'w'] } }) }),
      { tag: 'option', option: 'inputSize' },
    ],
    [
      'a model of something else',
      () => ({
        model: writeMeans('vectors.onnx', { inputs: { images: ['b', 3] }, nodes: [['Relu', ['images'], ['out']]] }),
      }),
      { tag: 'model' },
    ],
    [
      'a map of numbers as output',
      () => ({ model: writeMeans('map.onnx', { nodes: [['Relu', ['images'], ['out']]] }) }),
      { tag: 'model', message: expect.stringContaining('[1, 3, 12, 12]') },
    ],
    [
      'one number without activation',
      () => ({ model: writeMeans('one.onnx', { nodes: SINGLE }), activation: 'none' as const }),
      { tag: 'model' },
    ],
    ['the folder of another stage', () => ({ out: join(folder, 'foreign') }), { tag: 'output' }],
  ])('%s: refused before anything is written', async (name, change, error) => {
    const out = join(folder, 'refused');
    if (name.startsWith('the folder')) {
      mkdirSync(join(folder, 'foreign'));
      writeFileSync(
        join(folder, 'foreign', 'record.json'),
        read('plain', 'record.json').replace('predict-patches', 'patches'),
      );
    }
    await expect(run('refused', change())).rejects.toMatchObject(error);
    expect(existsSync(out)).toBe(false);
  });
});

const SINGLE: TinyModel['nodes'] = [
  ['GlobalAveragePool', ['images'], ['p']],
  ['ReduceMean', ['p'], ['out'], { axes: { kind: 'ints', value: [1, 2, 3] }, keepdims: { kind: 'int', value: 0 } }],
];

describe('numbers', () => {
  const [mean, std] = [
    [0.5, 0.5, 0.5],
    [0.1, 0.1, 0.1],
  ];

  it('one: the logit of the second class', async () => {
    const model = writeMeans('single.onnx', {
      nodes: [
        ['GlobalAveragePool', ['images'], ['p']],
        ['Flatten', ['p'], ['f']],
        ['MatMul', ['f', 'w'], ['out']],
      ],
      tensors: { w: createPattern(3, 1) },
    });
    await run('single', { model, mean, std, classes: ['no', 'yes'] });
    await run('single-raw', { model, mean, std, classes: ['no', 'yes'], activation: 'sigmoid', threshold: 0 });
    for (const row of readTable('single').rows) {
      expect(Number(row['probability_no']) + Number(row['probability_yes'])).toBeCloseTo(1, 6);
      expect(row['decision']).toBe(Number(row['probability_yes']) >= 0.5 ? 'yes' : 'no');
    }
    expect(new Set(readTable('single-raw').rows.map(({ decision }) => decision))).toEqual(new Set(['yes']));
  });

  it('sigmoids: classes that do not exclude each other, by the card', async () => {
    const model = writeMeans('several.onnx');
    await writeModelCard(model, createCard(model, ['red', 'green', 'blue']));
    const { summary } = await run('several', { model });
    expect(summary).toMatchObject({ activation: 'sigmoid', threshold: 0.6, figures: null });
    for (const row of readTable('several').rows) {
      const reached = ['red', 'green', 'blue'].filter((name) => Number(row[`probability_${name}`]) >= 0.6);
      expect(row['decision']).toBe(reached.join(';'));
    }
    const wrong = writeMeans('wrong.onnx');
    await writeModelCard(wrong, createCard(wrong, ['red', 'green']));
    await expect(run('wrong', { model: wrong })).rejects.toMatchObject({
      tag: 'model',
      hint: expect.stringMatching(/card/),
    });
  });

  it('another card: predictions are made anew', async () => {
    const model = writeMeans('carded.onnx');
    const card = createCard(model, ['a', 'b', 'c']);
    await writeModelCard(model, card);
    await run('carded', { model });
    const before = read('carded');
    await writeModelCard(model, { ...card, input: { ...card.input, mean: [0.5, 0, 0] } });
    expect((await run('carded', { model })).state).toBe('predicted');
    expect(read('carded')).not.toBe(before);
  });

  it('softmax in the model itself is not done twice; scores are no probabilities', async () => {
    await run('inside', { model: writeMeans('inside.onnx', { last: 'Softmax' }), mean, std });
    await run('outside', { model: writeMeans('outside.onnx'), mean, std });
    for (const [at, row] of readTable('inside').rows.entries())
      expect(Number(row['probability_2'])).toBeCloseTo(Number(readTable('outside').rows[at]?.['probability_2']), 6);
    const nodes = [
      ['GlobalAveragePool', ['images'], ['p']],
      ['Flatten', ['p'], ['f']],
      ['Softmax', ['f'], ['s']],
      ['Identity', ['s'], ['out']],
    ] as const;
    await run('handed-on', { model: writeMeans('handed-on.onnx', { nodes }), mean, std });
    expect(readTable('handed-on').rows).toEqual(readTable('inside').rows);
    const { summary } = await run('scores', { model: join(folder, 'outside.onnx'), activation: 'none', mean, std });
    expect(readTable('scores').columns).toEqual(expect.arrayContaining(['score_0', 'score_2']));
    expect(summary).toMatchObject({ threshold: null, decided: null, figures: null });
  });
});
