import { existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startCli } from '../support/run-cli.ts';
import { ROOT, skipLoudly } from '../support/shared-data.ts';

const BUILT = existsSync(join(ROOT, 'dist/cli/main.js'));
if (!BUILT) skipLoudly('slideloom as a process', 'dist/, which npm run build makes');

// Windows knows neither signals nor closed pipes of this kind.
describe.runIf(BUILT && process.platform !== 'win32')('slideloom as a process', () => {
  let folder: string;
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'slideloom-process-'));
  });
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  it('hands its exit code on', async () => {
    const [version, wrong] = [startCli(['--version']), startCli(['inof'])];
    expect(await version.ended).toMatchObject({ code: 0, stderr: '' });
    expect(await wrong.ended).toMatchObject({
      code: 2,
      stdout: '',
      stderr: expect.stringContaining('did you mean info'),
    });
  });

  it('goes on in silence when nobody reads its results any more', async () => {
    const { child, ended } = startCli(['info', ...Array.from({ length: 50 }, (_, i) => join(folder, `gone-${i}.svs`))]);
    child.stdout?.destroy();
    expect(await ended).toMatchObject({ code: 1, signal: null, stderr: '' });
  });

  it.each(['SIGINT', 'SIGTERM'] as const)('ends with 130 after %s, and leaves no temporary file', async (name) => {
    // A slide that takes minutes to make; its temporary file says that it is at work.
    const size = ['--width', '60000', '--height', '60000', '--slide-only'];
    const { child, ended } = startCli(['demo', '--out', join(folder, name), ...size]);
    await expect.poll(() => existsSync(join(folder, name)) && readdirSync(join(folder, name)).length).toBe(1);
    child.kill(name);
    const { code, stdout, stderr } = await ended;
    expect(stderr).toMatch(new RegExp(`stopping; .*\\nerror: stopped by ${name}\\nhint: `, 's'));
    expect({ code, stdout }).toEqual({ code: 130, stdout: '' });
    expect(readdirSync(join(folder, name))).toEqual([]);
  });
});
