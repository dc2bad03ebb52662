import { expect, it } from 'vitest';
import { describeError, toExitCode } from '../../../src/cli/describe-error.ts';
import { OptionError, OutputError } from '../../../src/utils/errors.ts';

it('of a fault in closing says what went wrong before it', () => {
  const first = new OutputError('/out/a.png', 'the disk is full');
  const closing = Object.assign(new Error('An error was suppressed during disposal.'), {
    name: 'SuppressedError',
    error: new OutputError('/out/.slideloom-lease', 'the disk is full'),
    suppressed: Object.assign(new Error('An error was suppressed during disposal.'), {
      name: 'SuppressedError',
      error: new Error('later'),
      suppressed: first,
    }),
  });
  expect(describeError(closing)).toMatchObject({ tag: 'output', message: first.message, path: '/out/a.png' });
  expect(toExitCode(closing)).toBe(1);
  const usage = Object.assign(new Error('x'), {
    name: 'SuppressedError',
    suppressed: new OptionError('size', 'a number', 'x'),
  });
  expect(toExitCode(usage)).toBe(2);
});

it('of anything else is a fault of slideloom', () => {
  expect(describeError(new TypeError('x is not a function'))).toMatchObject({ tag: 'unexpected' });
});
