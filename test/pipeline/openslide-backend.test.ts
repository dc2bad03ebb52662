import { execFileSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import sharp from 'sharp';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { planPatches, streamPatches } from '../../src/preprocessing/extract-patches.ts';
import { openSlide } from '../../src/slide/open-slide.ts';
import { sha256 } from '../../src/utils/hash.ts';
import { describeWithOpenSlideLibrary } from '../support/openslide-library.ts';
import { runBuiltCli } from '../support/run-cli.ts';
import { describeWithShared, sharedPath } from '../support/shared-data.ts';
import { joinTiles, writeVms } from '../support/tiny-vms.ts';

const SVS = sharedPath('data', 'wsi', 'CMU-1-Small-Region.svs');

describeWithShared('runs through OpenSlide', () => {
  describeWithOpenSlideLibrary('in workers', (library) => {
    let folder: string;
    beforeAll(() => {
      folder = mkdtempSync(join(tmpdir(), 'slideloom-openslide-run-'));
    });
    afterAll(() => rmSync(folder, { recursive: true, force: true }));

    async function run(slide: string, name: string, ...more: string[]) {
      const out = join(folder, name);
      const options = ['--workers', '2', ...more];
      const { code, stdout } = await runBuiltCli(['run', slide, '--out', out, ...options, '--json']);
      const [row] = JSON.parse(stdout).rows;
      const read = (stage: string) => JSON.parse(readFileSync(join(out, row.id, stage, 'record.json'), 'utf8'));
      const images = join(out, row.id, 'patches', 'images');
      const hashes = () =>
        Object.fromEntries(readdirSync(images).map((file) => [file, sha256(readFileSync(join(images, file)))]));
      return { code, row, out, read, hashes };
    }

    it('cut the patches that our own format cuts, and say in records and report what read them', async () => {
      const native = await run(SVS, 'native', '--size', '240');
      const other = await run(SVS, 'openslide', '--size', '240', '--backend', 'openslide');
      expect([native.code, other.code]).toEqual([0, 0]);
      expect(Object.keys(native.hashes()).length).toBeGreaterThan(10);
      expect(other.hashes()).toEqual(native.hashes());
      const notice = new RegExp(`^read with OpenSlide ${library.version} \\(${library.name}\\), not with`);
      expect(other.row.notices).toContainEqual(expect.stringMatching(notice));
      expect(native.row.notices.join()).not.toContain('OpenSlide');
      expect(readFileSync(join(other.out, 'report.html'), 'utf8')).toContain(`read with OpenSlide ${library.version}`);
      for (const stage of ['tissue', 'patches']) {
        const [theirs, ours] = [other.read(stage), native.read(stage)];
        expect(theirs.options.openslide).toMatchObject({
          version: library.version,
          quickHash: expect.stringMatching(/^[0-9a-f]{64}$/),
        });
        expect(ours.options).not.toHaveProperty('openslide');
        expect(theirs.optionsHash).not.toBe(ours.optionsHash);
      }
    });

    it('cut a slide that only OpenSlide reads, without being told', async () => {
      const { path, image } = await writeVms(folder);
      const { code, row, out } = await run(path, 'vms', '--no-tissue', '--size', '64', '--level', '0');
      expect(code).toBe(0);
      expect(row.notices).toContainEqual(expect.stringContaining(`read with OpenSlide ${library.version}`));
      const images = join(out, 'specimen', 'patches', 'images');
      expect(readdirSync(images)).toHaveLength(8);
      const pixels = joinTiles(image);
      for (const [x, y] of [
        [0, 0],
        [192, 64],
      ] as const) {
        const file = readdirSync(images).find((name) => name.includes(`_x${x}_y${y}_`)) ?? '';
        const patch = await sharp(join(images, file)).raw().toBuffer();
        for (let line = 0; line < 64; line++) {
          const from = ((y + line) * 256 + x) * 3;
          expect(Buffer.compare(patch.subarray(line * 192, (line + 1) * 192), pixels.subarray(from, from + 192))).toBe(
            0,
          );
        }
      }
    });

    it('streams what the slide that it is given would read, without being told the back end again', async () => {
      await using slide = await openSlide(SVS, { backend: 'openslide' });
      const plan = planPatches(slide, undefined, { size: 500, level: 0 });
      let patches = 0;
      for await (const { patch, pixels } of streamPatches(slide, plan, { workers: 1 })) {
        const { x, y } = patch;
        const { data } = await slide.readRegion({ x, y, level: 0, width: 500, height: 500 });
        expect(Buffer.compare(pixels as Uint8Array, data), `${x}, ${y}`).toBe(0);
        patches++;
      }
      expect(patches).toBe(plan.count());
    });

    describe('over five corrupt tiles', () => {
      let slide: string;
      let corrupt: string[];
      beforeAll(() => {
        slide = join(folder, 'corrupt.svs');
        const size = ['--width', '4096', '--height', '3072', '--unique', '--corrupt', '5'];
        execFileSync('/usr/bin/python3', [sharedPath('bench', 'make_slide.py'), SVS, slide, ...size], {
          stdio: 'pipe',
        });
        const { tiles } = JSON.parse(readFileSync(`${slide}.corrupt.json`, 'utf8')) as { tiles: [number, number][] };
        corrupt = tiles.map(([col, row]) => `0/${col}/${row}`).sort();
      });

      it('list exactly these and go on', async () => {
        const options = ['--backend', 'openslide', '--size', '256', '--patch-mpp', '0.25', '--on-bad-tile', 'skip'];
        const { code, row, read } = await run(slide, 'skip', ...options);
        expect(code).toBe(0);
        const { badTiles, counts } = read('patches');
        const keys = badTiles.map((tile: { level: number; col: number; row: number }) =>
          [tile.level, tile.col, tile.row].join('/'),
        );
        expect(keys.sort()).toEqual(corrupt);
        expect(counts).toMatchObject({ skipped: 5, whitened: 0 });
        expect(counts.written).toBeGreaterThan(50);
        expect(row.badTiles[0].message).toMatch(
          /corrupt\.svs: level 0, tile column \d+, row \d+ can't be read: openslide: /,
        );
      });

      it('reads all others right, at once and one by one, after each error', async () => {
        await using ours = await openSlide(slide, { backend: 'openslide', cacheBytes: 0 });
        await using native = await openSlide(slide, { backend: 'native' });
        const region = { x: 0, y: 0, level: 0, width: 4096, height: 3072 };
        const bad = { ours: [] as string[], native: [] as string[] };
        const note = (list: string[]) => (error: { level: number; col: number; row: number }) =>
          list.push([error.level, error.col, error.row].join('/'));
        const a = await ours.readRegion(region, { onBadTile: note(bad.ours) });
        const b = await native.readRegion(region, { onBadTile: note(bad.native) });
        expect(bad.ours.sort()).toEqual(corrupt);
        expect(bad.native.sort()).toEqual(corrupt);
        let largest = 0;
        for (let i = 0; i < a.data.length; i++) largest = Math.max(largest, Math.abs(a.data[i]! - b.data[i]!));
        // YCbCr: another libjpeg may round otherwise.
        expect(largest).toBeLessThanOrEqual(1);
      });
    });
  });
});
