import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createSyntheticSlide } from '../../src/slide/synthetic-slide.ts';
import { runInProcess } from './run-in-process.ts';

describe('--container shards', () => {
  let folder: string;
  let slide: string;
  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'slideloom-cli-shards-'));
    slide = join(folder, 'slide.svs');
    await createSyntheticSlide(slide, { width: 1600, height: 1200, seed: 4, associatedImages: [] });
  });
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  it.each(['patches', 'run'])(
    '%s writes tar files in place of images, and knows them when it is called again',
    async (command) => {
      const out = join(folder, command);
      const plan = ['--no-tissue', '--size', '200', '--level', '0', '--format', 'jpeg', '--quiet'];
      const args = [command, slide, '--out', out, ...plan, '--container', 'shards', '--shard-size', '20', '--json'];
      const first = await runInProcess(args);
      expect(first).toMatchObject({ code: 0, stderr: '' });
      expect(JSON.parse(first.stdout).rows).toMatchObject([{ state: 'fresh', patches: { written: 48 } }]);
      const patches = join(out, 'slide', 'patches');
      expect(readdirSync(patches).sort()).toEqual([
        'overview.jpg',
        'patches.csv',
        'record.json',
        'samples.jpg',
        'shards',
      ]);
      const shards = ['shard-000000.tar', 'shard-000001.tar', 'shard-000002.tar'];
      expect(readdirSync(join(patches, 'shards')).sort()).toEqual(shards);
      const rows = readFileSync(join(patches, 'patches.csv'), 'utf8').trim().split('\n').slice(1);
      expect(rows[20]?.split(',')[8]).toBe('shards/shard-000001.tar/000000020.jpg');
      const again = await runInProcess(args);
      expect(JSON.parse(again.stdout).rows).toMatchObject([{ state: 'done', patches: { written: 48 } }]);
    },
  );

  it('is refused with coordinates alone', async () => {
    const args = ['patches', slide, '--out', join(folder, 'none'), '--format', 'coordinates', '--container', 'shards'];
    const { code, stderr } = await runInProcess(args);
    expect(code).toBe(2);
    expect(stderr).toMatch(/no shards for `--container` but received "shards"\nhint: .*nothing to put into shards/);
  });
});
