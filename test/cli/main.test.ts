import { tmpdir } from 'node:os';
import { describe, expect, it, vi } from 'vitest';
import { COMMAND_NAMES } from '../../src/cli/commands.ts';
import { VERSION } from '../../src/utils/version.ts';
import { runInProcess } from './run-in-process.ts';

// What is heavy must not be loaded for help: loading it here fails.
const heavy = vi.hoisted(() => ({ loaded: [] as string[] }));
vi.mock('sharp', () => {
  heavy.loaded.push('sharp');
  return { default: Object.assign(() => undefined, { cache() {}, concurrency() {}, versions: {} }) };
});
vi.mock('../../src/slide/open-slide.ts', () => {
  heavy.loaded.push('open-slide');
  return { openSlide: () => Promise.reject(new Error('opened')) };
});

describe('help and version', () => {
  it('of everything loads nothing heavy', async () => {
    for (const argv of [['--help'], ['help'], ...COMMAND_NAMES.map((name) => [name, '--help'])]) {
      const { code, stdout, stderr } = await runInProcess(argv);
      expect({ code, stderr }, argv.join(' ')).toEqual({ code: 0, stderr: '' });
      expect(stdout).toContain('slideloom');
    }
    expect(heavy.loaded).toEqual([]);
  });

  it('lists every command', async () => {
    const { stdout } = await runInProcess(['--help']);
    for (const name of COMMAND_NAMES) expect(stdout).toMatch(new RegExp(`^ +slideloom ${name} +\\S`, 'm'));
  });

  it.each(COMMAND_NAMES)('%s --help says usage, options of its own and of all, examples, exit codes', async (name) => {
    const { stdout } = await runInProcess([name, '--help']);
    expect(stdout).toMatch(new RegExp(`^slideloom ${name} `));
    for (const part of ['Every command:', '--config', 'Examples:', 'Exit codes: 0']) expect(stdout).toContain(part);
    expect(stdout).not.toMatch(/undefined|\[object|[ \t]$/m);
    expect(Math.max(...stdout.split('\n').map((line) => line.length))).toBeLessThanOrEqual(100);
  });

  it('wins over missing and needed things, and -h is short for it', async () => {
    expect((await runInProcess(['info', '-h'])).stdout).toContain('SLIDES');
  });

  it('--version is that of package.json', async () => {
    expect(await runInProcess(['--version'])).toEqual({ code: 0, stdout: `${VERSION}\n`, stderr: '' });
  });
});

describe('wrong usage ends with 2 and says what was meant', () => {
  it.each<[string, string[], RegExp]>([
    ['no command', [], /no command.*\nhint: slideloom --help/s],
    ['an unknown command', ['inof', 'a.svs'], /"inof" is no command\nhint: did you mean info\?/],
    ['a command like no other', ['zzzzzz'], /hint: commands: .*info/],
    ['the name of an object', ['constructor'], /"constructor" is no command/],
    [
      'an unknown option',
      ['info', '--propertes', 'a.svs'],
      /`--propertes` is no option of info\nhint: did you mean --properties\?/,
    ],
    ['an option like no other', ['info', '--zzzzzz', 'a.svs'], /hint: slideloom info --help/],
    ['an unknown letter', ['info', '-x', 'a.svs'], /`-x` is no option/],
    ['an option before its command', ['--propertes', '--json=false', 'info'], /`--propertes`/],
    ['no slide', ['info'], /at least one slide\nhint: usage: slideloom info SLIDES/],
    ['a word too much', ['doctor', 'x'], /doctor takes options only, but received "x"/],
    ['no value', ['info', 'a.svs', '--mpp'], /expected a value behind `--mpp`/],
    ['no number', ['info', 'a.svs', '--mpp', 'abc'], /expected a number for `--mpp` but received "abc"/],
    ['an empty value', ['info', 'a.svs', '--mpp='], /expected a number for `--mpp` but received ""/],
    ['a negated value', ['info', 'a.svs', '--no-mpp'], /expected a number for `--mpp` but received false/],
    ['a number out of range', ['info', 'a.svs', '--mpp=-1'], /above 0 for `--mpp` but received -1/],
    [
      'neither true nor false',
      ['info', 'a.svs', '--properties=maybe'],
      /true or false for `--properties` but received "maybe"/,
    ],
    ['a folder without slides', ['info', `${tmpdir()}/nothing-*.svs`], /expected slides .*nothing-/],
  ])('%s', async (_name, argv, message) => {
    const { code, stdout, stderr } = await runInProcess(argv);
    expect(stderr).toMatch(message);
    expect(stderr).toMatch(/^error: /);
    expect(stderr).not.toMatch(/\n\s+at /);
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
  });

  it('as JSON with --json, wherever it stands', async () => {
    const { code, stdout, stderr } = await runInProcess(['info', '--foo', '--json']);
    const hint = 'slideloom info --help lists the options';
    expect(JSON.parse(stdout)).toEqual({ error: { tag: 'option', message: '`--foo` is no option of info', hint } });
    expect({ code, stderr }).toEqual({ code: 2, stderr: '' });
  });

  it('behind -- is a slide, not a flag', async () => {
    const { code, stdout } = await runInProcess(['info', '--', '--json']);
    expect(stdout).toMatch(/\/--json\n {2}error: opened/);
    expect(code).toBe(1);
  });
});
