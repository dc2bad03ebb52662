import { expect, test } from 'vitest';
import { createProgress, formatSeconds } from '../../../src/utils/progress.ts';
import { Collector } from './fixtures/collector.ts';

const base = { label: 'CMU-1', unit: 'patches' };

test('a bar on a terminal: share, rate and time left, redrawn in place, at most ten times a second', () => {
  const stream = new Collector(true);
  let time = 0;
  const progress = createProgress({ ...base, total: 1000, stream, now: () => time });
  time = 50;
  progress.update(100);
  expect(stream.text).toBe('');
  time = 1000;
  progress.update(250);
  expect(stream.text).toBe(
    '\rCMU-1 [######------------------] 250 of 1,000 (25.0 %) patches, 250 patches/s, 3 s left\x1b[K',
  );
  stream.text = '';
  time = 4000;
  progress.update(1000);
  progress.done();
  progress.done();
  expect(stream.text.endsWith('1,000 of 1,000 (100.0 %) patches, 250 patches/s, 4 s\x1b[K\n')).toBe(true);
});

test('elsewhere a line every five seconds, and one at the end', () => {
  const stream = new Collector();
  let time = 0;
  {
    using progress = createProgress({ ...base, stream, now: () => time });
    for (time = 0; time <= 12_000; time += 100) progress.update(time / 100);
  }
  expect(stream.lines).toEqual([
    'CMU-1: 50 patches, 10 patches/s',
    'CMU-1: 100 patches, 10 patches/s',
    'CMU-1: 120 patches, 9.9 patches/s, 12 s',
  ]);
});

test('items of an earlier run count as done, not for the rate', () => {
  const stream = new Collector();
  let time = 0;
  const progress = createProgress({ ...base, total: 1000, initial: 900, stream, json: true, now: () => time });
  time = 2000;
  progress.update(920);
  expect(JSON.parse(stream.text)).toEqual({
    progress: 'CMU-1',
    unit: 'patches',
    finished: 920,
    total: 1000,
    rate: 10,
    secondsLeft: 8,
    seconds: 2,
    done: false,
  });
});

test('the rate follows a change within fifteen seconds', () => {
  const stream = new Collector();
  let time = 0;
  const progress = createProgress({ ...base, stream, json: true, now: () => time });
  for (; time <= 60_000; time += 1000) progress.update(time / 10);
  for (; time <= 80_000; time += 1000) progress.update(6000 + (time - 60_000) / 1000);
  expect(JSON.parse(stream.lines.at(-1) ?? '')).toMatchObject({ rate: 1 });
});

test('quiet writes nothing', () => {
  const stream = new Collector(true);
  let time = 0;
  const progress = createProgress({ ...base, stream, quiet: true, now: () => time });
  time = 1e6;
  progress.update(5);
  progress.done();
  expect(stream.text).toBe('');
});

test('seconds are written as people say them', () => {
  expect([7.4, 59.6, 200, 7500].map(formatSeconds)).toEqual(['7 s', '1 min 00 s', '3 min 20 s', '2 h 05 min']);
});
