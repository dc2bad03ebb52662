import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { createBufferSource } from '../../../../src/io/source/buffer-source.ts';
import { openSlide } from '../../../../src/slide/open-slide.ts';
import type { Koffi } from '../../../../src/slide/openslide/binding.ts';
import { LIBRARY_VARIABLE, listLibraryNames, loadOpenSlide } from '../../../../src/slide/openslide/load-openslide.ts';
import { getOpenHandles } from '../../../../src/utils/open-handles.ts';
import { describeWithOpenSlideLibrary } from '../../../support/openslide-library.ts';
import { buildTiff, createNoiseImage } from '../../../support/tiny-tiff.ts';

const NOWHERE = '/nowhere/libopenslide.so.1';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'slideloom-openslide-'));
});
afterEach(() => {
  vi.unstubAllEnvs();
  rmSync(folder, { recursive: true, force: true });
});

function raise(message: string): never {
  throw new Error(message);
}

/** With koffi the library is what is missing, without it koffi. */
const PART = expect.stringMatching(/^(openslide|koffi)$/);
const HINT = /(apt-get install openslide-tools|npm install koffi)/;

function writeFixture(name: string, content: string | Uint8Array): string {
  const path = join(folder, name);
  writeFileSync(path, content);
  return path;
}

describe('loading OpenSlide', () => {
  it('says what to install where koffi is missing', async () => {
    const importKoffi = () => Promise.reject(new Error("Cannot find package 'koffi'\nmore"));
    await expect(loadOpenSlide({ importKoffi })).rejects.toMatchObject({
      tag: 'missing-part',
      part: 'koffi',
      message: "the package koffi, which calls OpenSlide, can't be loaded: Cannot find package 'koffi'",
      hint: 'npm install koffi',
    });
  });

  it('says what it tried, and what to install, where the library is missing', async () => {
    const tried: string[] = [];
    const load = (name: string) => {
      tried.push(name);
      throw new Error('no such file');
    };
    const importKoffi = async () => ({ load }) as unknown as Koffi;
    const error = await loadOpenSlide({ importKoffi }).catch((thrown: unknown) => thrown);
    expect(tried).toEqual(listLibraryNames(process.platform));
    expect(error).toMatchObject({
      tag: 'missing-part',
      part: 'openslide',
      message: `OpenSlide's library can't be loaded (${tried.map((name) => `${name}: no such file`).join('; ')})`,
      hint: expect.stringMatching(/apt-get install openslide-tools.*brew install openslide.*SLIDELOOM_OPENSLIDE=PATH/),
    });
  });

  it('tries the named library only', async () => {
    const importKoffi = async () => ({ load: () => raise('no such file') }) as unknown as Koffi;
    vi.stubEnv(LIBRARY_VARIABLE, '/elsewhere/libopenslide.so.1');
    await expect(loadOpenSlide({ library: NOWHERE, importKoffi })).rejects.toThrow(
      "can't be loaded (/nowhere/libopenslide.so.1: no such file)",
    );
    await expect(loadOpenSlide({ importKoffi })).rejects.toThrow(
      "can't be loaded (/elsewhere/libopenslide.so.1: no such file)",
    );
  });

  it('refuses a library that is another', async () => {
    const load = () => ({
      func(prototype: string) {
        throw new Error(`Cannot find function of '${prototype}'`);
      },
    });
    const importKoffi = async () => ({ load }) as unknown as Koffi;
    await expect(loadOpenSlide({ library: 'libz.so', importKoffi })).rejects.toThrow(/libz\.so: Cannot find function/);
  });

  it.each([
    ['linux', 'libopenslide.so.1', 'libopenslide.so.0'],
    ['darwin', 'libopenslide.1.dylib', '/opt/homebrew/lib/libopenslide.0.dylib'],
    ['win32', 'libopenslide-1.dll', 'libopenslide-0.dll'],
  ] as const)('asks on %s for the newest first', (platform, first, later) => {
    const names = listLibraryNames(platform);
    expect(names[0]).toBe(first);
    expect(names).toContain(later);
  });
});

describe('opening a slide without OpenSlide', () => {
  const options = { openslideLibrary: NOWHERE };

  it('is an error that says what is missing, where OpenSlide is asked for', async () => {
    const path = writeFixture('a.svs', buildTiff([createNoiseImage({ width: 20, height: 20 })]).bytes);
    await expect(openSlide(path, { ...options, backend: 'openslide' })).rejects.toMatchObject({
      tag: 'missing-part',
      part: PART,
      hint: expect.stringMatching(HINT),
    });
    expect(getOpenHandles()).toEqual([]);
  });

  it.each(['unknown.czi', 'slide.mrxs'])('hints at it where no own format knows the file: %s', async (name) => {
    await expect(openSlide(writeFixture(name, 'no slide'), options)).rejects.toMatchObject({
      tag: 'unsupported-format',
      message: expect.stringContaining('not a slide of a known format'),
      hint: expect.stringMatching(
        new RegExp(`^known formats: .*aperio.*MIRAX.*OpenSlide.*can't be loaded.*${HINT.source}`),
      ),
    });
    expect(getOpenHandles()).toEqual([]);
  });

  it('does not matter to a slide that slideloom knows', async () => {
    const path = writeFixture('a.tif', buildTiff([createNoiseImage({ width: 20, height: 20 })]).bytes);
    await using slide = await openSlide(path, options);
    expect(slide).toMatchObject({ format: 'generic-tiff', openslide: undefined });
  });

  it('names OpenSlide, and does not load it, where own formats only are asked for', async () => {
    await expect(openSlide(writeFixture('unknown.czi', 'no slide'), { backend: 'native' })).rejects.toMatchObject({
      tag: 'unsupported-format',
      hint: expect.stringMatching(/OpenSlide may know it: --backend/),
    });
  });

  it.each([
    ['backend', 'bioformats'],
    ['openslideLibrary', ''],
    ['openslideLibrary', 3],
  ])('refuses the option %s %o', async (option, value) => {
    await expect(openSlide('never-read.svs', { [option]: value })).rejects.toMatchObject({ tag: 'option', option });
  });
});

describeWithOpenSlideLibrary('opening a file that OpenSlide can not read', (library) => {
  it('says so, in its words where it has some', async () => {
    const unknown = writeFixture('unknown.czi', 'no slide');
    await expect(openSlide(unknown, { backend: 'openslide' })).rejects.toMatchObject({
      tag: 'unsupported-format',
      message: `${unknown}: no slide of a format that OpenSlide knows`,
    });
    await expect(openSlide(unknown)).rejects.toMatchObject({
      tag: 'unsupported-format',
      hint: expect.stringContaining(`OpenSlide ${library.version} knows it neither`),
    });
    const { bytes } = buildTiff([
      { ...createNoiseImage({ width: 20, height: 20, tileWidth: 16, tileHeight: 16 }), compression: 60000 },
    ]);
    await expect(openSlide(writeFixture('odd.tif', bytes), { backend: 'openslide' })).rejects.toMatchObject({
      tag: 'unsupported-format',
      message: expect.stringMatching(/OpenSlide [\d.]+ can't open it: .*compression/i),
    });
    expect(getOpenHandles()).toEqual([]);
  });

  it('needs a file', async () => {
    const source = createBufferSource(buildTiff([createNoiseImage({ width: 20, height: 20 })]).bytes);
    await expect(openSlide(source, { backend: 'openslide' })).rejects.toThrow(/OpenSlide reads files only/);
    expect(getOpenHandles()).toEqual([]);
  });
});
