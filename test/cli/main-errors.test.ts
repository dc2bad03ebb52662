import { beforeEach, describe, expect, it, vi } from 'vitest';
import { AbortedError, MissingMppError, OptionError, TileError } from '../../src/utils/errors.ts';
import { runInProcess } from './run-in-process.ts';

/** Stands for any command: it throws what a test says. */
const command = vi.hoisted(() => ({ run: async (): Promise<number> => 0 }));
vi.mock('../../src/cli/commands/doctor/show-checks.ts', () => ({ showChecks: () => command.run() }));

function doctorThrows(thrown: unknown): void {
  command.run = () => Promise.reject(thrown);
}

beforeEach(() => {
  command.run = async () => 0;
});

describe('what a command throws', () => {
  it.each<[string, unknown, number, string]>([
    ['a missing mpp', new MissingMppError('a.svs', 'tissue'), 1, 'hint: give --mpp 0.25'],
    ['an option', new OptionError('size', 'a number', 'x'), 2, 'error: expected a number for `size`'],
    ['an abort', new AbortedError('stopped by SIGINT'), 130, 'error: stopped by SIGINT'],
    ['a fault of ours', new TypeError('x is not a function'), 1, 'hint: this is a fault of slideloom'],
    ['an error without words', new TypeError(), 1, 'error: TypeError\n'],
    ['no error at all', 'text', 1, "error: 'text'"],
  ])('%s', async (_name, thrown, code, text) => {
    doctorThrows(thrown);
    const outcome = await runInProcess(['doctor']);
    expect(outcome.stderr).toContain(text);
    expect(outcome.stderr).not.toMatch(/\n\s+at /);
    expect(outcome).toMatchObject({ code, stdout: '' });
  });

  it('has its stack and its causes with --verbose', async () => {
    doctorThrows(new Error('outer', { cause: new Error('inner') }));
    const { stderr } = await runInProcess(['doctor', '--verbose']);
    expect(stderr).toMatch(/^error: outer\n.*\n\s+at .*\[cause\]: Error: inner/s);
  });

  it('keeps its own fields in JSON, and no stack', async () => {
    doctorThrows(new TileError({ slide: 'a.svs', level: 1, col: 2, row: 3 }, new Error('short')));
    const { stdout, stderr, code } = await runInProcess(['doctor', '--json']);
    const message = "a.svs: level 1, tile column 2, row 3 can't be read: short";
    const hint = expect.stringContaining('--on-bad-tile skip');
    expect(JSON.parse(stdout)).toEqual({
      error: { tag: 'tile', message, hint, slide: 'a.svs', level: 1, col: 2, row: 3 },
    });
    expect({ code, stderr }).toEqual({ code: 1, stderr: '' });
  });
});

describe('an interrupt', () => {
  const reason = new AbortedError('stopped by SIGINT', { hint: 'run the same command again to go on' });

  it('ends with 130, whatever broke because of it', async () => {
    const controller = new AbortController();
    command.run = async () => {
      controller.abort(reason);
      throw new Error('a worker went away');
    };
    const { code, stderr } = await runInProcess(['doctor'], { signal: controller.signal });
    expect({ code, stderr }).toEqual({ code: 130, stderr: `error: stopped by SIGINT\nhint: ${reason.hint}\n` });
  });

  it('before the command begins keeps it from beginning', async () => {
    const run = vi.fn(async () => 0);
    command.run = run;
    expect((await runInProcess(['doctor'], { signal: AbortSignal.abort(reason) })).code).toBe(130);
    expect(run).not.toHaveBeenCalled();
  });
});
