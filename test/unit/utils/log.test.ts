import { expect, test } from 'vitest';
import { createLogger } from '../../../src/utils/log.ts';
import { Collector } from './fixtures/collector.ts';

test('levels below the chosen one are left out, the others carry their name', () => {
  const stream = new Collector();
  const log = createLogger({ level: 'info', stream });
  log.debug('d');
  log.info('a step');
  log.notice('mpp was estimated');
  log.warn('careful');
  log.error('no');
  expect(stream.text).toBe('a step\nnotice: mpp was estimated\nwarn: careful\nerror: no\n');
});

test('on a terminal a message erases the bar on its line first', () => {
  const stream = new Collector(true);
  createLogger({ stream }).info('hello');
  expect(stream.text).toBe('\r\x1b[Khello\n');
});

test('json lines carry time, level, message and fields; errors and big integers are readable', () => {
  const stream = new Collector();
  createLogger({ json: true, stream, now: () => 0 }).warn('x', { slide: 'a', error: new TypeError('bad'), n: 5n });
  expect(JSON.parse(stream.text)).toEqual({
    time: '1970-01-01T00:00:00.000Z',
    level: 'warn',
    message: 'x',
    slide: 'a',
    error: { name: 'TypeError', message: 'bad' },
    n: '5',
  });
});

test('a silent logger writes nothing', () => {
  const stream = new Collector();
  createLogger({ level: 'silent', stream }).error('x');
  expect(stream.text).toBe('');
});
