import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { loadCommand } from '../../src/cli/commands.ts';
import { completeArguments, parseFlags } from '../../src/cli/parse-arguments.ts';
import { runInProcess } from './run-in-process.ts';

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'slideloom-config-'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function write(name: string, text: string): string {
  const path = join(folder, name);
  writeFileSync(path, text);
  return path;
}

/** What the command would be run with. */
async function complete(name: string, argv: string[]) {
  const command = await loadCommand(name);
  if (!command) throw new Error(`no command ${name}`);
  const { config: _config, ...args } = await completeArguments(parseFlags(argv, command), command);
  return args;
}

describe('--config', () => {
  it('supplies options and slides; flags and named slides win', async () => {
    const config = write('a.yaml', 'mpp: 0.5\nproperties: true\ninputs: [a.svs, b.svs]\n');
    const inputs = ['a.svs', 'b.svs'];
    expect(await complete('info', ['--config', config])).toEqual({ mpp: [0.5], properties: true, inputs });
    const args = await complete('info', ['c.svs', '--config', config, '--mpp', '0.25', '--no-properties']);
    expect(args).toEqual({ mpp: [0.25], properties: false, inputs: ['c.svs'] });
  });

  it('takes JSON, kebab-case and camelCase', async () => {
    const config = write('a.json', '{"mpp-csv": "m.csv", "inputs": "a.svs"}');
    expect(await complete('info', ['--config', config])).toEqual({ mppCsv: 'm.csv', inputs: ['a.svs'] });
    const camel = write('b.yaml', 'mppCsv: m.csv\ninputs: a.svs');
    expect(await complete('info', ['--config', camel])).toEqual({ mppCsv: 'm.csv', inputs: ['a.svs'] });
  });

  it('may be empty, and one file serves several commands', async () => {
    expect(await complete('info', ['a.svs', '--config', write('empty.yaml', '')])).toEqual({ inputs: ['a.svs'] });
    const shared = write('shared.yaml', 'size: 256\nmethod: clam\nmpp: 0.5\ncombineWeights: [1, 2]\nout: here\n');
    expect(await complete('info', ['a.svs', '--config', shared])).toEqual({ mpp: [0.5], inputs: ['a.svs'] });
    const patches = await complete('patches', ['a.svs', '--config', shared]);
    expect(patches).toEqual({
      size: 256,
      method: 'clam',
      mpp: [0.5],
      combineWeights: [1, 2],
      out: 'here',
      inputs: ['a.svs'],
    });
  });

  it('may ask for JSON', async () => {
    const { stdout, code } = await runInProcess(['info', 'gone.svs', '--config', write('json.yaml', 'json: true')]);
    expect(JSON.parse(stdout)).toMatchObject({ ok: 0, failed: 1 });
    expect(code).toBe(1);
  });

  it.each<[string, string, RegExp]>([
    ['an unknown key', 'propertes: true', /`propertes` is no option\nhint: did you mean properties\?/],
    ['a key like no other', 'zzzzzz: 1', /`zzzzzz` is no option\nhint: use the names of the flags/],
    ['a key that a file may not set', 'config: other.yaml', /`config` is no option/],
    ['text for a number', 'z: "0.5"', /expected a number for `z` but received "0.5"/],
    ['a list for a number', 'z: [1, 2]', /expected a number for `z` but received an array of 2/],
    ['null for a number', 'z:', /expected a number for `z` but received null/],
    ['text in a list of numbers', 'mpp: [1, x]', /expected numbers for `mpp` but received an array of 2/],
    ['text for a switch', 'properties: perhaps', /expected true or false for `properties`/],
    ['a list', '- mpp', /expected options such as "size: 256"/],
    ['no YAML', 'mpp: [', /bad.yaml: /],
    ['inputs that are no paths', 'inputs: [1]', /expected paths for `inputs`/],
  ])('%s is wrong usage', async (_name, text, message) => {
    const { code, stderr } = await runInProcess(['info', 'a.svs', '--config', write('bad.yaml', text)]);
    expect(stderr).toMatch(message);
    expect(stderr).toContain('bad.yaml');
    expect(code).toBe(2);
  });

  it('that is missing is wrong usage', async () => {
    const { code, stderr } = await runInProcess(['info', 'a.svs', '--config', join(folder, 'gone.yaml')]);
    expect(stderr).toMatch(/gone.yaml: the config file can not be read/);
    expect(code).toBe(2);
  });
});
