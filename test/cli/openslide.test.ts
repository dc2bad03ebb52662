import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { describeWithOpenSlideLibrary } from '../support/openslide-library.ts';
import { describeWithShared, sharedPath } from '../support/shared-data.ts';
import { buildTiff, createNoiseImage } from '../support/tiny-tiff.ts';
import { runInProcess } from './run-in-process.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'slideloom-openslide-cli-'));
});
afterEach(() => {
  vi.unstubAllEnvs();
  rmSync(folder, { recursive: true, force: true });
});

describeWithShared('with OpenSlide', () => {
  describeWithOpenSlideLibrary('the command line', ({ version, name }) => {
    it('says that a slide was read with it', async () => {
      const svs = sharedPath('data', 'wsi', 'CMU-1-Small-Region.svs');
      const text = await runInProcess(['info', svs, '--backend', 'openslide']);
      expect(text.stdout).toContain(`format       aperio, read with OpenSlide ${version}`);
      expect(text.code).toBe(0);
      const json = JSON.parse((await runInProcess(['info', svs, '--backend', 'openslide', '--json'])).stdout);
      expect(json.slides[0].openslide).toEqual({ version, library: name });
      expect(JSON.parse((await runInProcess(['info', svs, '--json'])).stdout).slides[0].openslide).toBeNull();
    });

    it('finds it in doctor', async () => {
      const { stdout } = await runInProcess(['doctor', '--out', tmpdir()]);
      expect(stdout).toMatch(new RegExp(`^ok +openslide +${version} \\(${name}; optional\\)$`, 'm'));
    });
  });
});

describe('without OpenSlide', () => {
  beforeEach(() => vi.stubEnv('SLIDELOOM_OPENSLIDE', '/nowhere/libopenslide.so'));

  it('the command line reports each slide with a hint, and goes on', async () => {
    const tiff = join(folder, 'a.tif');
    writeFileSync(tiff, buildTiff([createNoiseImage({ width: 20, height: 20 })]).bytes);
    const mirax = join(folder, 'b.mrxs');
    writeFileSync(mirax, 'picture');
    const { code, stdout } = await runInProcess(['info', tiff, mirax]);
    expect(code).toBe(1);
    expect(stdout).toMatch(/b\.mrxs\n {2}error: .*not a slide of a known format\n {2}hint: .*(apt-get|npm) install/);
    expect(stdout).toContain('1 of 2 slides can be opened');
    const forced = await runInProcess(['info', tiff, '--backend', 'openslide']);
    expect(forced.code).toBe(1);
    expect(forced.stdout).toMatch(/error: .*OpenSlide.* can't be loaded.*\n {2}hint: .*(apt-get|npm) install/);
  });

  it('doctor is fit, and says how to get it', async () => {
    const { code, stdout } = await runInProcess(['doctor', '--out', tmpdir()]);
    expect(stdout).toMatch(/^ok +openslide +not found \(optional\): .*\n +-> only for --backend openslide .*install/m);
    expect(code).toBe(0);
  });

  it('refuses a back end that does not exist', async () => {
    const { code, stderr } = await runInProcess(['info', 'a.tif', '--backend', 'bioformats']);
    expect(stderr).toMatch(/expected one of auto, native, openslide for `--backend`/);
    expect(code).toBe(2);
  });
});
