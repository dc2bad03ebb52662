import { execFileSync } from 'node:child_process';
import { copyFileSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createSyntheticSlide } from '../../src/slide/synthetic-slide.ts';
import { acquireLease } from '../../src/utils/lease.ts';
import { runBuiltCli } from '../support/run-cli.ts';
import { runInProcess } from './run-in-process.ts';

// What goes wrong on the way through the command line: the exit code, and a message that names slide, level, tile or option
// and says what to do. Damage inside files is tested in test/corrupt.
let folder: string;
let slide: string;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'slideloom-bad-input-'));
  slide = join(folder, 'slide.svs');
  await createSyntheticSlide(slide, { width: 1024, height: 768, mpp: 2, associatedImages: [] });
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const out = () => mkdtempSync(join(folder, 'out-'));

describe('options that make no sense', () => {
  it.each([
    ['--stride 0', /--stride/],
    ['--overlap 512', /less than the patch size \(512\).*--overlap/s],
    ['--overlap 600 --size 512', /--overlap/],
    ['--size 0', /--size/],
    ['--level 0 --patch-mpp 0.5', /--level.*--patch-mpp/s],
    ['--tissue-threshold 1.5', /--tissue-threshold/],
    ['--mpp -1', /--mpp/],
    ['--format bmp', /png, jpeg, webp, coordinates.*--format/s],
    ['--workers 0', /--workers/],
    ['--nonsense', /nonsense/],
  ])('%s is a usage error', async (options, message) => {
    const { code, stderr } = await runInProcess(['patches', slide, '--out', out(), ...options.split(' ')]);
    expect(stderr).toMatch(message);
    expect(code).toBe(2);
  });

  it('a folder without slides is a usage error', async () => {
    const empty = out();
    const { code, stderr } = await runInProcess(['run', empty, '--out', out()]);
    expect(stderr).toContain(empty);
    expect(code).toBe(2);
  });
});

describe('slides that fail, each with its row', () => {
  it.each([
    ['no such file', () => join(folder, 'missing.svs'), 'source', /missing\.svs: no such file/],
    ['an empty file', () => write('empty.svs', ''), 'unsupported-format', /empty\.svs: .*empty \(0 bytes\)/],
    ['no slide', () => write('text.svs', 'not a slide at all, but long enough'), 'unsupported-format', /text\.svs/],
  ])('%s', async (_, makeInput, tag, message) => {
    const result = await runBuiltCli(['run', makeInput(), slide, '--out', out(), '--patch-mpp', '2', '--json']);
    const { rows } = JSON.parse(result.stdout);
    expect(rows[0].error).toMatchObject({ tag, message: expect.stringMatching(message) });
    // The other slide of the run is done all the same.
    expect(rows[1].status).toBe('done');
    expect(result.code).toBe(1);
  });

  it('no pixel size: the message says how to give one', async () => {
    const plain = await makeSlideWithoutMpp();
    const result = await runBuiltCli(['run', plain, '--out', out(), '--json']);
    const [{ error }] = JSON.parse(result.stdout).rows;
    expect(error).toMatchObject({ tag: 'missing-mpp', hint: expect.stringContaining('--mpp') });
    expect(result.code).toBe(1);
    const given = await runBuiltCli(['run', plain, '--out', out(), '--mpp', '2', '--patch-mpp', '2', '--json']);
    expect(JSON.parse(given.stdout).rows[0].slide.mpp).toEqual({ x: 2, y: 2, source: 'override' });
    expect(given.code).toBe(0);
    const list = write('mpp.csv', 'slide,mpp\nplain.tif,4\n');
    const listed = await runBuiltCli([
      'run',
      plain,
      '--out',
      out(),
      '--mpp-csv',
      list,
      '--patch-mpp',
      '4',
      '--size',
      '64',
      '--json',
    ]);
    expect(JSON.parse(listed.stdout).rows[0].slide.mpp).toEqual({ x: 4, y: 4, source: 'override' });
  });

  it('a level that does not exist', async () => {
    const result = await runInProcess(['patches', slide, '--out', out(), '--level', '7', '--json']);
    const [{ error }] = JSON.parse(result.stdout).rows;
    expect(error).toMatchObject({ tag: 'level', message: expect.stringMatching(/slide\.svs: level 7/) });
    expect(result.code).toBe(1);
  });

  it('a patch larger than the slide', async () => {
    const result = await runInProcess(['patches', slide, '--out', out(), '--level', '0', '--size', '4096', '--json']);
    const [{ error }] = JSON.parse(result.stdout).rows;
    expect(error.message).toMatch(/slide\.svs \(1024 x 768/);
    expect(error.hint).toContain('--edge pad');
    expect(result.code).toBe(1);
  });
});

describe('outputs that can not be written', () => {
  it('the output folder is a file', async () => {
    const file = write('file', 'x');
    const { code, stderr } = await runInProcess(['run', slide, '--out', file]);
    expect(stderr).toContain(file);
    expect(code).toBe(1);
  });

  it('the output folder is in use', async () => {
    const busy = out();
    await using _lease = await acquireLease(busy);
    const { code, stderr } = await runInProcess(['run', slide, '--out', busy]);
    expect(stderr).toMatch(/in use/);
    expect(stderr).toMatch(/hint/);
    expect(code).toBe(1);
  });

  // Mounting needs root; CI is root.
  it.skipIf(process.getuid?.() !== 0)(
    'the disk is full: an error, no half file, and a rerun with space goes on',
    async () => {
      const disk = out();
      execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=400k', 'tmpfs', disk]);
      try {
        const options = ['--out', disk, '--patch-mpp', '2', '--size', '128', '--no-overview', '--json'];
        const full = await runBuiltCli(['run', slide, ...options]);
        expect(full.code).toBe(1);
        expect(full.stdout + full.stderr).toMatch(/no space|disk is full/i);
        const names = readdirSync(disk, { recursive: true }).map(String);
        expect(names.filter((name) => /slideloom-tmp|partial/.test(name))).toEqual([]);
        execFileSync('mount', ['-o', 'remount,size=20m', disk]);
        const again = await runBuiltCli(['run', slide, ...options]);
        expect(again.code).toBe(0);
        expect(JSON.parse(again.stdout).rows[0]).toMatchObject({ status: 'done' });
      } finally {
        execFileSync('umount', [disk]);
      }
    },
  );
});

function write(name: string, text: string): string {
  const path = join(mkdtempSync(join(folder, 'in-')), name);
  writeFileSync(path, text);
  return path;
}

/** The same pixels with a description that is not Aperio's: generic TIFF without a resolution. */
async function makeSlideWithoutMpp(): Promise<string> {
  const path = join(folder, 'plain', 'plain.tif');
  mkdirSync(join(folder, 'plain'), { recursive: true });
  copyFileSync(slide, path);
  const script = 'import sys;p=sys.argv[1];b=open(p,"rb").read();open(p,"wb").write(b.replace(b"Aperio",b"Xperio"))';
  execFileSync('/usr/bin/python3', ['-c', script, path]);
  return path;
}
