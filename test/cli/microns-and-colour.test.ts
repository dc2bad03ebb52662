import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { decodeImage } from '../../src/io/encode-image.ts';
import { writeJpegSlide } from '../support/jpeg-slide.ts';
import { createMatrixProfile } from '../support/tiny-icc.ts';
import { buildTiff, createNoiseImage, type TinyTag, TYPE } from '../support/tiny-tiff.ts';
import { runInProcess } from './run-in-process.ts';

let folder: string;
const at = (name: string) => join(folder, name);

/** An Aperio slide that says no more of its pixels than the objective. */
function writeAperio(name: string, facts: string, tags: readonly TinyTag[] = []): void {
  const page = createNoiseImage({ width: 320, height: 240, tileWidth: 80, tileHeight: 80 });
  writeFileSync(at(name), buildTiff([{ ...page, description: `Aperio x\n320x240|${facts}`, tags }]).bytes);
}

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'slideloom-microns-'));
  writeAperio('a.svs', 'AppMag = 40');
  writeAperio('b.svs', 'AppMag = 20');
  writeAperio('c.svs', 'MPP = 0.252|AppMag = 40');
  writeAperio('bare.svs', 'Date = today');
  writeAperio('broken.svs', 'MPP = 0.5', [{ tag: 34_675, type: TYPE.undefined, values: [1, 2, 3] }]);
  await writeJpegSlide(at('profile.tif'), { width: 128, height: 128, tile: 64, icc: createMatrixProfile() });
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const cut = '--size 64 --patch-mpp 0.5 --no-tissue --no-overview --edge pad --workers 1';
async function patches(slides: readonly string[], options: string) {
  const out = mkdtempSync(at('out-'));
  const ran = await runInProcess([
    'patches',
    ...slides.map(at),
    '--out',
    out,
    ...`${cut} ${options}`.trim().split(' '),
  ]);
  const record = (id: string) => JSON.parse(readFileSync(join(out, id, 'patches/record.json'), 'utf8'));
  return { ...ran, out, record };
}

describe('a slide without a pixel size', () => {
  it('is shown with what its objective suggests, and what to do', async () => {
    const { stdout } = await runInProcess(['info', at('a.svs')]);
    expect(stdout).toContain(
      'mpp          unknown: give --mpp, --mpp-csv, or --mpp-from-objective (40x: about 0.25 µm)',
    );
    const json = JSON.parse((await runInProcess(['info', at('a.svs'), at('bare.svs'), '--json'])).stdout);
    expect(json.slides).toMatchObject([
      { mpp: null, mppEstimate: 0.25 },
      { mpp: null, mppEstimate: null },
    ]);
    const bare = await runInProcess(['info', at('bare.svs'), '--mpp-from-objective']);
    expect(bare.stdout).toContain('mpp          unknown: give --mpp or --mpp-csv\n');
  });

  it('fails alone, and says the three ways out', async () => {
    const { code, stdout, record } = await patches(['a.svs', 'c.svs'], '');
    expect(code).toBe(1);
    expect(stdout).toContain('needs microns per pixel and the slide has none');
    expect(stdout).toMatch(/hint: give --mpp 0.25 .*--mpp-csv FILE .*--mpp-from-objective .* 0.25 µm from the 40x/);
    expect(record('c').options.slideMpp).toEqual({ x: 0.252, y: 0.252, source: 'metadata' });
  });

  it('takes the estimate where asked, marked as one, with a notice', async () => {
    const { code, out, record, stderr } = await patches(['a.svs', 'b.svs', 'c.svs'], '--mpp-from-objective');
    expect(code).toBe(0);
    expect(record('a').options.slideMpp).toEqual({ x: 0.25, y: 0.25, source: 'objective' });
    expect(record('b').options.slideMpp).toEqual({ x: 0.5, y: 0.5, source: 'objective' });
    expect(record('c').options.slideMpp).toEqual({ x: 0.252, y: 0.252, source: 'metadata' });
    const manifest = readFileSync(join(out, 'manifest.csv'), 'utf8');
    expect(manifest).toContain('0.25,0.25,objective');
    expect(stderr).toContain('a: the pixel size, 0.25 µm, is estimated from the 40x objective, as asked');
  });
});

describe('pixel sizes that are given', () => {
  it('may differ by axis', async () => {
    const { record, out } = await patches(['a.svs'], '--mpp 0.25,0.5');
    expect(record('a').options.slideMpp).toEqual({ x: 0.25, y: 0.5, source: 'override' });
    // 320 x 240 pixels are 80 x 120 µm, and a patch is 32 µm: 2.5 by 3.75 of them.
    expect(record('a').counts.written).toBe(3 * 4);
    expect(readFileSync(join(out, 'manifest.csv'), 'utf8')).toContain('0.25,0.5,override');
    const { stdout } = await runInProcess(['info', at('a.svs'), '--mpp', '0.25,0.5']);
    expect(stdout).toContain('mpp          0.25 x 0.5 µm (override)');
    expect(stdout).toContain('0.08 x 0.12 mm');
  });

  it('come from a table for single slides; others keep their own', async () => {
    writeFileSync(at('mpp.csv'), 'wsi,mpp_x,mpp_y\na,0.3,0.4\n');
    const { code, record } = await patches(['a.svs', 'c.svs'], `--mpp-csv ${at('mpp.csv')}`);
    expect(code).toBe(0);
    expect(record('a').options.slideMpp).toEqual({ x: 0.3, y: 0.4, source: 'override' });
    expect(record('c').options.slideMpp).toEqual({ x: 0.252, y: 0.252, source: 'metadata' });
  });

  it('are not left unused in silence: rows that name none of the slides are told', async () => {
    writeFileSync(at('others.csv'), 'slide,mpp\na,0.3\nA2.svs,0.5\n');
    const named = `others.csv: a row names none of the slides: line 3 "A2.svs"`;
    const { code, stderr } = await patches(['a.svs'], `--mpp-csv ${at('others.csv')}`);
    expect({ code, stderr }).toEqual({ code: 0, stderr: expect.stringMatching(/^warn: .*others\.csv: a row names/m) });
    expect(stderr).toContain(named);
    for (const command of [['info'], ['validate'], ['convert', '--out', at('converted.tif')]]) {
      const ran = await runInProcess([...command, at('a.svs'), '--mpp-csv', at('others.csv')]);
      expect(ran.stderr, command[0]).toContain(named);
    }
    writeFileSync(at('others.csv'), 'slide,mpp\na,0.3\n');
    expect((await runInProcess(['info', at('a.svs'), '--mpp-csv', at('others.csv')])).stderr).toBe('');
  });

  it('in a table that makes no sense stop the run before it begins', async () => {
    writeFileSync(at('mpp.csv'), 'slide,mpp\na,0.3\nb,0.x\n');
    const { code, stderr } = await patches(['a.svs'], `--mpp-csv ${at('mpp.csv')}`);
    expect(code).not.toBe(0);
    expect(stderr).toContain('line 3: mpp is "0.x", expected a number above 0');
  });

  it.each([
    ['1,2,3', /one number, or one per axis for `--mpp`/],
    ['0', /number above 0 for `--mpp`/],
    ['1,x', /a number for `--mpp`/],
  ])('are refused: %s', async (value, message) => {
    const { code, stderr } = await runInProcess(['info', at('a.svs'), '--mpp', value]);
    expect(code).toBe(2);
    expect(stderr).toMatch(message);
  });

  it('may stand in a config file, as one number or two', async () => {
    for (const [yaml, shown] of [
      ['mpp: 0.3', '0.3 µm'],
      ['mpp: [0.3, 0.4]', '0.3 x 0.4 µm'],
      ['mpp-from-objective: true', '0.25 µm (objective)'],
    ] as const) {
      writeFileSync(at('config.yaml'), `${yaml}\n`);
      const { stdout } = await runInProcess(['info', at('a.svs'), '--config', at('config.yaml')]);
      expect(stdout).toContain(`mpp          ${shown}`);
    }
  });
});

describe('--icc srgb', () => {
  it('gives other patches than without, and says so in info and record', async () => {
    const shown = await patches(['profile.tif'], '--mpp 0.5 --icc srgb');
    const stored = await patches(['profile.tif'], '--mpp 0.5');
    const read = async ({ out }: { out: string }) =>
      (await decodeImage(join(out, 'profile/patches/images/profile_x0_y0_64px.png'))).data;
    expect(Buffer.compare(await read(shown), await read(stored))).not.toBe(0);
    expect(shown.record('profile').options.icc).toEqual({ target: 'srgb', profile: expect.stringMatching(/^\w{64}$/) });
    expect(stored.record('profile').options).not.toHaveProperty('icc');
    const { stdout } = await runInProcess(['info', at('profile.tif'), '--icc', 'srgb']);
    expect(stdout).toMatch(/colours +srgb, by the profile/);
  });

  it('leaves a slide without a profile as it is, with a notice', async () => {
    const { code, stderr, record } = await patches(['c.svs'], '--icc srgb');
    expect(code).toBe(0);
    expect(record('c').options.icc).toEqual({ target: 'srgb', profile: null });
    expect(stderr).toContain('c: the slide has no ICC profile to apply: its pixels are as stored');
    const { stdout } = await runInProcess(['info', at('c.svs'), '--icc', 'srgb']);
    expect(stdout).toMatch(/colours +as stored: no profile to bring them to srgb/);
  });

  it('fails for a slide whose profile is damaged, and not for the others', async () => {
    const { code, stdout, record } = await patches(['broken.svs', 'c.svs'], '--icc srgb');
    expect(code).toBe(1);
    expect(stdout).toContain('broken: failed: ');
    expect(stdout).toContain("the colour profile can't be applied: it is damaged: 3 bytes are no profile");
    expect(stdout).toContain('hint: leave out --icc (library: icc) for this slide: its pixels are then as stored');
    expect(record('c').status).toBe('done');
  });

  it('knows sRGB only', async () => {
    const { code, stderr } = await runInProcess(['info', at('c.svs'), '--icc', 'p3']);
    expect([code, stderr]).toEqual([2, expect.stringContaining('one of srgb for `--icc` but received "p3"')]);
  });
});
