import { expect, test } from 'vitest';
import { packError, unpackError } from '../../../src/utils/error-transfer.ts';
import * as errors from '../../../src/utils/errors.ts';

const samples: errors.SlideloomError[] = [
  new errors.OptionError('size', 'an integer', 'x', { hint: 'give one' }),
  new errors.SourceError('a.svs', 'gone'),
  new errors.ShortReadError('a.svs', { offset: 1, length: 2, size: 3 }),
  new errors.UnsupportedFormatError('a.svs', 'unknown'),
  new errors.TiffError('a.svs', 'a loop', { directory: 4 }),
  new errors.CodecError('jpeg', 'truncated'),
  new errors.IccError('a.svs', 'damaged'),
  new errors.AnnotationError('a.xml', 'not closed', { element: 'Region Id="2"' }),
  new errors.TileError({ slide: 'a', level: 0, col: 1, row: 2 }, new errors.CodecError('jpeg', 'x')),
  new errors.LevelError('a', 9, 3),
  new errors.SlideClosedError('a'),
  new errors.MissingMppError('a', 'tissue'),
  new errors.OutputError('/out', 'full'),
  new errors.OutputInUseError('/out', 'process 1'),
  new errors.DatasetError('train.csv', 'no label', { reason: 'no-label', line: 3 }, { hint: 'mend it' }),
  new errors.TensorFileError('a.safetensors', 'cut'),
  new errors.CheckpointError('last.safetensors', 'another model'),
  new errors.TrainingError(7, 'the loss is NaN'),
  new errors.WorkerError('died'),
  new errors.AbortedError('stopped', { cause: 'why' }),
];

test.each(samples.map((error) => [error.tag, error] as const))('%s', (_tag, error) => {
  const back = unpackError(structuredClone(packError(error)));
  expect(back).toBeInstanceOf(error.constructor);
  expect(errors.isSlideloomError(back, error.tag)).toBe(true);
  const { cause, ...fields } = error;
  expect({ ...back }).toEqual(fields);
  expect(back.message).toBe(error.message);
  expect(back.stack).toBe(error.stack);
  expect(String(back)).toBe(String(error));
  if (cause instanceof Error) expect(back.cause).toBeInstanceOf(cause.constructor);
});

test('other errors keep name and message; things that are no errors become one; a cycle of causes ends', () => {
  const range = unpackError(packError(new RangeError('far')));
  expect(range).toMatchObject({ name: 'RangeError', message: 'far' });
  expect(unpackError(packError('text')).message).toBe('text');
  const loop = new Error('a');
  loop.cause = loop;
  expect(unpackError(packError(loop)).message).toBe('a');
});

test('a member that is not a plain fact is left behind', () => {
  const error = Object.assign(new Error('x'), { code: 'EIO', handle: () => 1 });
  expect(unpackError(packError(error))).toMatchObject({ code: 'EIO' });
  expect(packError(error).fields).not.toHaveProperty('handle');
});
