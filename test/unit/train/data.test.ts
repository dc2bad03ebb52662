import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeEach, describe, expect, test } from 'vitest';
import { findFeatures } from '../../../src/train/bags/find-features.ts';
import { checkImages } from '../../../src/train/data/check-images.ts';
import { checkLeak } from '../../../src/train/data/check-leak.ts';
import { countLabels, findClasses, labelExamples } from '../../../src/train/data/class-names.ts';
import { computeClassWeights } from '../../../src/train/data/class-weights.ts';
import type { Example, ExampleRow } from '../../../src/train/data/example.ts';
import { readExampleRows } from '../../../src/train/data/read-example-rows.ts';
import { readPatchRows, readSlideLabels } from '../../../src/train/data/read-patch-rows.ts';
import { DatasetError, SourceError } from '../../../src/utils/errors.ts';
import { useScratch } from '../utils/fixtures/scratch.ts';

const scratch = useScratch();
let folder = '';
beforeEach(() => {
  folder = scratch();
});
const write = (name: string, text: string) => {
  writeFileSync(join(folder, name), text);
  return join(folder, name);
};
const row = (label: string, line = 2): ExampleRow => {
  return { path: `/${line}.png`, label, patient: undefined, slide: undefined, table: 'train.csv', line };
};

describe('tables of pictures', () => {
  test('paths from the folder of the table, or from a root; columns by their usual names, in any case', async () => {
    const table = write('train.csv', '\uFEFFPatient_ID,extra,File,Class\np1,x,a/1.png,0\n,y,/abs/2.png, tumour \n');
    expect(await readExampleRows(table)).toEqual([
      { path: join(folder, 'a/1.png'), label: '0', patient: 'p1', slide: undefined, table, line: 2 },
      { path: '/abs/2.png', label: 'tumour', patient: undefined, slide: undefined, table, line: 3 },
    ]);
    expect((await readExampleRows(table, { root: '/data' }))[0]?.path).toBe('/data/a/1.png');
  });

  test('columns that are named', async () => {
    const table = write('x.csv', 'where,what,path,WSI\na.png,1,b.png,s1\n');
    const columns = { path: 'Where', label: 'what', slide: 'wsi' };
    expect(await readExampleRows(table, { columns })).toMatchObject([
      { path: join(folder, 'a.png'), label: '1', slide: 's1' },
    ]);
  });

  test('label and patient of their slide, where the row has none', async () => {
    const table = write('t.csv', 'path,slide,label\na.png,s1,\nb.png,s2,0\n');
    const slides = new Map([['s1', { label: '1', patient: 'p1', line: 2 }]]);
    expect(await readExampleRows(table, { slides })).toMatchObject([
      { label: '1', patient: 'p1', slide: 's1' },
      { label: '0', patient: undefined, slide: 's2' },
    ]);
    await expect(readExampleRows(write('u.csv', 'path,slide\na.png,s2\n'), { slides })).rejects.toThrow('no label');
  });

  test('columns that are named, each in the table that has it', async () => {
    const columns = { path: 'img', label: 'grade', patient: 'who', slide: 'wsi', features: 'file' };
    const table = write('slides.csv', 'WSI,Grade,Who\ns1,1,p1\n');
    const slides = await readSlideLabels(table, columns);
    expect([...slides]).toEqual([['s1', { label: '1', patient: 'p1', line: 2 }]]);
    const pictures = write('t.csv', 'img,wsi\na.png,s1\n');
    const { features: _none, ...own } = columns;
    expect(await readExampleRows(pictures, { columns: own, slides })).toMatchObject([{ label: '1', patient: 'p1' }]);
    const features = write('features.csv', 'slide,file\ns1,s1.h5\n');
    const { path: _path, ...ofFeatures } = columns;
    expect(await findFeatures(features, ofFeatures)).toMatchObject([{ slide: 's1', features: join(folder, 's1.h5') }]);
    await expect(readSlideLabels(table, { ...columns, patient: 'whom' })).rejects.toThrow('no column for the patient');
  });

  test.each([
    ['no header', '', 'no-column', undefined],
    ['no label column', 'path\na.png\n', 'no-column', undefined],
    ['no path', 'path,label\n,1\n', 'no-path', 2],
    ['no label', 'path,label\na.png,1\nb.png, \n', 'no-label', 3],
    ['a picture twice', 'path,label\na.png,1\nx/../a.png,0\n', 'duplicate', 3],
  ])('%s', async (_name, text, reason, line) => {
    const error = await readExampleRows(write('t.csv', text)).catch((caught: unknown) => caught);
    expect(error).toBeInstanceOf(DatasetError);
    expect(error).toMatchObject({ reason, line });
  });

  test('a table that is not there, or is no table', async () => {
    await expect(readExampleRows(join(folder, 'none.csv'))).rejects.toThrow(SourceError);
    await expect(readExampleRows(write('t.csv', 'path,label\na.png\n'))).rejects.toThrow(SourceError);
  });
});

describe('patches of slides', () => {
  const HEADER = 'index,x,y,level,mpp,size,tissue_fraction,bad_tiles,path,bytes,sha256';
  const patch = (index: number, path: string, label = '') => `${index},0,0,0,0.5,64,1,0,${path},10,ab${label}\n`;

  test('with the label and patient of their slide', async () => {
    const labels = write('slides.csv', 'slide_id,label,case_id\ns1,1,p1\ns2,0,p2\n');
    const slides = await readSlideLabels(labels);
    expect(slides.get('s1')).toEqual({ label: '1', patient: 'p1', line: 2 });
    const path = write('patches.csv', `${HEADER}\n${patch(0, 'images/0.png')}${patch(1, 'images/1.png')}`);
    expect(await readPatchRows([{ path, slide: 's1' }], slides)).toEqual([
      { path: join(folder, 'images/0.png'), label: '1', patient: 'p1', slide: 's1', table: path, line: 2 },
      { path: join(folder, 'images/1.png'), label: '1', patient: 'p1', slide: 's1', table: path, line: 3 },
    ]);
    await expect(readPatchRows([{ path, slide: 's3' }], slides)).rejects.toThrow(/s3 has no label/);
  });

  test('with their own label, and without those that have none', async () => {
    const rows = [patch(0, 'a.png', ',Tumor,1,0.9'), patch(1, 'b.png', ',,,')];
    const path = write('patches.csv', `${HEADER},label,label_id,fraction_Tumor\n${rows.join('')}`);
    const found = await readPatchRows([{ path, slide: 's1' }], new Map());
    expect(found.map(({ label, line }) => [label, line])).toEqual([['Tumor', 2]]);
  });

  test.each([
    ['in a shard', 'shard-0.tar/0.png', /lies in a shard/],
    ['without files', '', /has no file/],
  ])('%s', async (_name, file, message) => {
    const path = write('patches.csv', `${HEADER}\n${patch(0, file)}`);
    const slides = new Map([['s1', { label: '1', patient: undefined, line: 2 }]]);
    await expect(readPatchRows([{ path, slide: 's1' }], slides)).rejects.toThrow(message);
  });

  test('a slide twice, or without a name', async () => {
    await expect(readSlideLabels(write('s.csv', 'slide,label\na,1\na,1\n'))).rejects.toThrow(/named twice/);
    await expect(readSlideLabels(write('s.csv', 'slide,label\n,1\n'))).rejects.toThrow(/no slide/);
  });
});

describe('classes', () => {
  test('numbers stand for themselves, names are sorted', () => {
    expect(findClasses(['2', '0', '1', '0'].map((label) => row(label)))).toEqual(['0', '1', '2']);
    expect(findClasses(['b', 'a', '1'].map((label) => row(label)))).toEqual(['1', 'a', 'b']);
  });

  test('given names, by name or by number', () => {
    const rows = [row('tumour'), row('0')];
    const classes = findClasses(rows, ['benign', 'tumour']);
    expect(labelExamples(rows, classes).map(({ label }) => label)).toEqual([1, 0]);
    expect(countLabels(labelExamples(rows, classes), 2)).toEqual([1, 1]);
  });

  test.each<[string, () => unknown, string, number | undefined]>([
    ['a label out of range', () => labelExamples([row('1'), row('2', 3)], ['a', 'b']), 'label-range', 3],
    ['a negative label', () => labelExamples([row('-1')], ['a', 'b']), 'label-range', 2],
    ['an unknown name', () => labelExamples([row('c', 9)], ['a', 'b']), 'label-range', 9],
    ['no examples', () => findClasses([]), 'empty', undefined],
    ['one class', () => findClasses([row('a'), row('a')]), 'classes', undefined],
    ['a gap', () => findClasses([row('0'), row('2')]), 'empty-class', undefined],
    ['a name twice', () => findClasses([row('a')], ['a', 'a']), 'classes', undefined],
    ['no example of a class', () => computeClassWeights([3, 0]), 'empty-class', undefined],
  ])('%s', (_name, act, reason, line) => {
    expect(act).toThrow(DatasetError);
    expect(act).toThrow(expect.objectContaining({ reason, line }));
  });

  test('weights make classes count alike', () => {
    expect(computeClassWeights([1, 3])).toEqual([2, 2 / 3]);
  });
});

describe('leaks', () => {
  const make = (path: string, patient?: string, slide?: string): Example => ({ path, label: 0, patient, slide });

  test.each<[string, Example[], Example[], string]>([
    ['a patient', [make('a', 'p1'), make('b', 'p2')], [make('c', 'p2')], 'patient-leak'],
    ['a slide', [make('a', undefined, 's1')], [make('b', 'p2', 's1')], 'slide-leak'],
    ['a picture', [make('a')], [make('a', 'p1')], 'path-leak'],
  ])('%s on both sides', (_name, train, validation, reason) => {
    expect(() => checkLeak(train, validation, 'val.csv')).toThrow(expect.objectContaining({ tag: 'dataset', reason }));
  });

  test('says what was compared', () => {
    expect(checkLeak([make('a', 'p1', 's1')], [make('b', 'p2', 's2')], 'val.csv')).toEqual([
      'patient',
      'slide',
      'path',
    ]);
    expect(checkLeak([make('a', 'p1')], [make('b')], 'val.csv')).toEqual(['path']);
  });
});

test('missing pictures stop the run before it starts, or are listed', async () => {
  mkdirSync(join(folder, 'folder'));
  const good = Array.from({ length: 40 }, (_, i) => ({ path: write(`${i}.png`, 'x'), label: i }));
  const examples = [...good.slice(0, 35), { path: join(folder, 'none.png'), label: 1 }, ...good.slice(35)];
  await expect(checkImages(examples, 'fail')).rejects.toThrow(expect.objectContaining({ reason: 'missing-image' }));
  const found = await checkImages([...examples, { path: join(folder, 'folder'), label: 0 }], 'skip');
  expect(found.examples).toEqual(good);
  expect(found.skipped).toEqual([
    { path: join(folder, 'none.png'), message: 'no such file' },
    { path: join(folder, 'folder'), message: 'is not a regular file' },
  ]);
});
