import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { encodeImage } from '../../../src/io/encode-image.ts';
import { evaluate } from '../../../src/train/metrics/evaluate.ts';
import { createAxis } from '../../../src/train/report/axis.ts';
import { createThumbnail } from '../../../src/train/report/create-thumbnail.ts';
import { findMistakes } from '../../../src/train/report/find-mistakes.ts';
import { createPath, renderChart } from '../../../src/train/report/render-chart.ts';
import { renderTraining } from '../../../src/train/report/render-training.ts';
import type { ReportFacts } from '../../../src/train/report/report-facts.ts';
import { writeTrainingReport } from '../../../src/train/report/write-training-report.ts';
import { writeFileAtomic } from '../../../src/utils/atomic-file.ts';
import { escapeHtml } from '../../../src/utils/html.ts';
import { stripVolatile } from '../../support/strip-volatile.ts';

const HOSTILE = `<script>alert("1")</script> & 'x' data-volatile></td>`;

/** Two classes; rows 1 and 4 are mistakes at a threshold of a half, row 4 the worse. */
const BINARY = {
  labels: [0, 0, 1, 1, 1, 0],
  probabilities: [0.9, 0.1, 0.4, 0.6, 0.2, 0.8, 0.3, 0.7, 0.95, 0.05, 0.8, 0.2],
  classCount: 2,
};

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'slideloom-report-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

function createFacts(changes: Partial<ReportFacts> = {}): ReportFacts {
  return {
    title: 'Phase 1: resnet-tiny, 2 classes',
    unit: 'pictures',
    classes: ['benign', 'tumour'],
    model: { name: 'resnet-tiny', parameters: 174_898, trained: 130, input: '48 × 32 px' },
    data: {
      ...{ train: [1200, 300], validation: [3, 3], patients: { train: 12, validation: 3 } },
      ...{ skipped: 2, compared: ['patient', 'path'] },
    },
    options: { epochs: 3, seed: 42, mean: [0.5, 0.5, 0.5], root: undefined },
    epochs: [1, 2, 3].map((epoch) => ({
      ...{ epoch, rate: 0.001, trainLoss: 0.7 / epoch, loss: 0.6 / epoch },
      ...{ auc: 0.5 + epoch / 10, averagePrecision: 0.4 + epoch / 10, seconds: 4.5 },
    })),
    bestEpoch: 3,
    evaluation: evaluate(BINARY, { threshold: 0.5, bootstrap: { seed: 1, rounds: 50 } }),
    predictions: BINARY,
    paths: BINARY.labels.map((_, row) => join(folder, `patch-${row}.png`)),
    seconds: 75.2,
    ...changes,
  };
}

describe('an axis', () => {
  it.each([
    [[0.31, 0.69], {}, [0.3, 0.4, 0.5, 0.6, 0.7]],
    [[0.31, 0.69], { including: [0] }, [0, 0.2, 0.4, 0.6, 0.8]],
    [[1, 2, 3], { whole: true }, [1, 2, 3]],
    [[1, 40], { whole: true }, [0, 10, 20, 30, 40]],
    [[0.1, 0.30000000000000004], {}, [0.1, 0.15, 0.2, 0.25, 0.3]],
    [[1], { whole: true }, [1, 2]],
    [[Number.NaN, 4, Number.POSITIVE_INFINITY], { including: [0] }, [0, 1, 2, 3, 4]],
    [[-3, 3], {}, [-4, -2, 0, 2, 4]],
  ])('of %j %j has ticks at %j', (values, options, ticks) => {
    const axis = createAxis('x', values, options);
    expect(axis.ticks).toEqual(ticks);
    expect([axis.from, axis.to]).toEqual([ticks[0], ticks.at(-1)]);
  });

  it('of nothing is one too', () => {
    expect(createAxis('x', []).ticks.length).toBeGreaterThan(1);
  });
});

describe('a chart', () => {
  const axis = createAxis('x', [0, 10]);

  it('places points by its axes', () => {
    const series = [{ name: 'a', kind: 'marks', points: [[0, 0], [10, 10]] }] as const; // biome-ignore format: one row
    const svg = renderChart({ title: 'T', x: axis, y: axis, series }).toString();
    // The corners of the plot.
    expect(svg).toContain('d="M58 266L466 14"');
    expect(svg).toContain('cx="58" cy="266"');
    expect(svg).toContain('cx="466" cy="14"');
  });

  it('interrupts a line where a number is missing', () => {
    const path = createPath([[0, 0], [5, 5], [Number.NaN, 3], [10, 0], [20, 0]]); // biome-ignore format: one row
    expect(path).toBe('M0 0L5 5M10 0L20 0');
  });

  it('leaves out points that can not be told apart, and keeps the ends', () => {
    const line = Array.from({ length: 100_001 }, (_, at): [number, number] => [at / 1000, 0]);
    const path = createPath(line);
    expect(path.split('L').length).toBeLessThan(220);
    expect(path).toMatch(/^M0 0L.*L100 0$/);
    expect(createPath([[1, 1], [1.1, 1]])).toBe('M1 1L1.1 1'); // biome-ignore format: one row
    expect(createPath([])).toBe('');
  });
});

describe('mistakes', () => {
  it('come worst first, by the threshold', () => {
    const found = findMistakes(BINARY, { count: 10, threshold: 0.5 });
    expect(found).toEqual([
      { row: 4, label: 1, guess: 0, probability: 0.05, confidence: 0.95 },
      { row: 1, label: 0, guess: 1, probability: 0.4, confidence: 0.6 },
    ]);
    expect(findMistakes(BINARY, { count: 10, threshold: 0.65 }).map(({ row }) => row)).toEqual([4]);
    expect(findMistakes(BINARY, { count: 1, threshold: 0.5 }).map(({ row }) => row)).toEqual([4]);
  });

  it('of more classes are by the most probable one', () => {
    const predictions = { labels: [2, 0], probabilities: [0.2, 0.5, 0.3, 0.6, 0.3, 0.1], classCount: 3 };
    expect(findMistakes(predictions, { count: 10, threshold: undefined })).toEqual([
      { row: 0, label: 2, guess: 1, probability: 0.3, confidence: 0.5 },
    ]);
  });
});

describe('a thumbnail', () => {
  it('is a JPEG of at most 128 px a side, and nothing where there is no picture', async () => {
    const path = join(folder, 'wide.png');
    const data = new Uint8Array(300 * 100 * 3).fill(120);
    await writeFileAtomic(path, await encodeImage({ width: 300, height: 100, channels: 3, data }, { format: 'png' }));
    const thumbnail = await createThumbnail(path);
    expect(thumbnail).toMatchObject({ width: 128, height: 43 });
    const jpeg = Buffer.from(thumbnail!.source.replace('data:image/jpeg;base64,', ''), 'base64');
    expect([jpeg.readUInt16BE(0), jpeg.readUInt16BE(jpeg.length - 2)]).toEqual([0xffd8, 0xffd9]);
    expect(await createThumbnail(join(folder, 'none.png'))).toBeUndefined();
  });
});

describe('the report of a training', () => {
  it('says figures, what they are of, and what was chosen', () => {
    const page = renderTraining(createFacts(), []);
    for (const text of [
      'Epoch 3 of 3 is the best, area under ROC 0.667',
      '174,898, 130 of them trained',
      '48 × 32 px',
      '12 to learn from, 3 to judge by',
      'patient, path',
      '<dt>mistakes</dt><dd>2</dd>',
      '<dt>not readable</dt><dd>2</dd>',
      '<th scope="row">Accuracy</th><td class="number">0.6667</td>',
      'A picture is taken for tumour from a probability of 0.500 on',
      '<td class="number" style="--share:67%">2 <span class="share">66.7 %</span></td>',
      'resamples</caption>',
      '<code>mean</code></th><td>[0.5,0.5,0.5]</td>',
      '<code>root</code></th><td>–</td>',
      '1 min 15 s',
    ])
      expect(page).toContain(text);
    expect(page).not.toMatch(/undefined|NaN|Infinity|\[object/);
    expect(page.match(/<svg/g)).toHaveLength(5);
  });

  it('asks nothing of the network, runs nothing, and closes what it opens', () => {
    const page = renderTraining(createFacts(), []).replace(/<style>.*<\/style>/s, '');
    expect(page).not.toMatch(/<script|<link|<iframe|@import|url\(|https?:|\son\w+=/i);
    const open: string[] = [];
    for (const [, close, name = '', empty] of page.matchAll(/<(\/?)([a-z][a-z0-9]*)\b[^>]*?(\/?)>/g)) {
      if (['meta', 'img', 'br'].includes(name) || empty) continue;
      if (close) expect(open.pop(), `</${name}>`).toBe(name);
      else open.push(name);
    }
    expect(open).toEqual([]);
  });

  it('escapes every text', () => {
    const classes = [HOSTILE, HOSTILE];
    const model = { ...createFacts().model, name: HOSTILE };
    const data = { ...createFacts().data, compared: [HOSTILE] };
    const options = { [HOSTILE]: HOSTILE };
    const mistake = { row: 4, label: 1, guess: 0, probability: 0.05, confidence: 0.95 };
    const item = { mistake, path: `/a/${HOSTILE.replaceAll('/', '')}`, thumbnail: undefined };
    const page = renderTraining(createFacts({ title: HOSTILE, classes, model, data, options }), [item]);
    expect(page).not.toContain('<script');
    expect(page.split(escapeHtml(HOSTILE)).length - 1).toBeGreaterThanOrEqual(14);
  });

  it('of two trainings that differ in time alone differs in time alone', () => {
    const facts = createFacts();
    const epochs = facts.epochs.map((line) => ({ ...line, seconds: 99 }));
    const [a, b] = [renderTraining(facts, []), renderTraining(createFacts({ seconds: 7, epochs }), [])];
    expect(a).not.toBe(b);
    expect(stripVolatile(a)).toBe(stripVolatile(b));
    expect(stripVolatile(renderTraining(createFacts({ bestEpoch: 2 }), []))).not.toBe(stripVolatile(a));
  });

  it('of more classes has a curve for each; of a class that is not there none', () => {
    const predictions = {
      labels: [0, 1, 0],
      probabilities: [0.6, 0.3, 0.1, 0.2, 0.7, 0.1, 0.5, 0.1, 0.4],
      classCount: 3,
    };
    const data = { ...createFacts().data, train: [5, 5, 5], validation: [2, 1, 0] };
    const facts = { classes: ['a', 'b', 'c'], predictions, evaluation: evaluate(predictions), data };
    const page = renderTraining(createFacts(facts), []);
    expect(page).toContain('Each picture is taken for its most probable class');
    expect(page).toMatch(
      /<strong>ROC<\/strong> <span class="key color-0">a<\/span> <span class="key color-1">b<\/span>/,
    );
    expect(page).not.toMatch(/undefined|NaN/);
  });

  it('is written with its worst mistakes inside', async () => {
    const data = new Uint8Array(50 * 50 * 3).map((_, at) => (at * 7) % 251);
    const png = await encodeImage({ width: 50, height: 50, channels: 3, data }, { format: 'png' });
    await writeFileAtomic(join(folder, 'patch-4.png'), png);
    const file = await writeTrainingReport(folder, createFacts());
    const page = await readFile(file.path, 'utf8');
    expect(file.path).toBe(join(folder, 'report.html'));
    expect(
      page.match(
        /<img src="data:image\/jpeg;base64,[\w+/=]+" alt="patch-4.png" title="[^"]+" width="50" height="50">/g,
      ),
    ).toHaveLength(1);
    expect(page).toContain('<strong>tumour</strong>, taken for <strong>benign</strong> at 0.950<br>patch-4.png');
    expect(page).toContain('<span class="gone">not readable: ');
    expect((await writeTrainingReport(folder, createFacts())).written).toBe(false);
  });
});
