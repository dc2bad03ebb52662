import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { FORMAT_FACTS, OPENSLIDE_FACTS } from '../../src/slide/format-facts.ts';
import { describeWithOpenSlideLibrary } from '../support/openslide-library.ts';
import { runInProcess } from './run-in-process.ts';

const facts = z.strictObject({
  name: z.string(),
  title: z.string(),
  extensions: z.array(z.string().startsWith('.')).min(1),
  takes: z.string(),
  proof: z.enum(['real files', 'built files', 'none']),
  reference: z.string(),
  page: z.string().endsWith('.md'),
});
const found = z.strictObject({
  available: z.literal(true),
  version: z.string(),
  library: z.string(),
  formats: z.array(facts),
});
const missing = z.strictObject({
  available: z.literal(false),
  reason: z.string(),
  hint: z.string(),
  formats: z.array(facts),
});
const schema = z.strictObject({
  schema: z.literal('slideloom/formats/v1'),
  formats: z.array(facts),
  codecs: z.strictObject({ tiff: z.array(z.string()), dicom: z.array(z.string()) }),
  openslide: z.union([found, missing]),
});

/** With a library that is not there. */
async function runWithout(argv: string[]) {
  const before = process.env['SLIDELOOM_OPENSLIDE'];
  process.env['SLIDELOOM_OPENSLIDE'] = '/nowhere/libopenslide.so';
  try {
    return await runInProcess(argv);
  } finally {
    if (before === undefined) delete process.env['SLIDELOOM_OPENSLIDE'];
    else process.env['SLIDELOOM_OPENSLIDE'] = before;
  }
}

describe('formats', () => {
  it('lists formats, codecs and OpenSlide for a program', async () => {
    const { code, stdout, stderr } = await runInProcess(['formats', '--json']);
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    const { formats, codecs, openslide } = schema.parse(JSON.parse(stdout));
    expect(formats).toEqual(FORMAT_FACTS);
    expect(openslide.formats).toEqual(OPENSLIDE_FACTS);
    expect(codecs.tiff).toEqual(expect.arrayContaining(['jpeg', 'jpeg2000', 'lzw', 'webp', 'zstd']));
    expect(codecs.dicom).toEqual(expect.arrayContaining(['JPEG baseline', 'JPEG-LS lossless', 'RLE lossless']));
    expect(codecs.dicom).not.toContain('JPEG XL');
  });

  it('says as text what each was proven on', async () => {
    const { code, stdout } = await runInProcess(['formats']);
    expect(code).toBe(0);
    expect(stdout).toMatch(/^aperio +Aperio SVS +\.svs +real files$/m);
    expect(stdout).toMatch(/^philips +Philips TIFF +\.tiff +built files only$/m);
    expect(stdout).toMatch(/^codecs of TIFF tiles: .*jpeg2000/m);
    expect(stdout).toMatch(/^ {2}mirax +MIRAX +\.mrxs +not tried$/m);
  });

  it('says what to do where OpenSlide is missing, which is no failure', async () => {
    const { code, stdout } = await runWithout(['formats']);
    expect(code).toBe(0);
    expect(stdout).toMatch(/^OpenSlide is not here: .*\n {2}-> .+\nIt would read:$/m);
    const json = await runWithout(['formats', '--json']);
    expect(schema.parse(JSON.parse(json.stdout)).openslide).toMatchObject({ available: false });
  });

  it('takes no slides', async () => {
    expect((await runInProcess(['formats', 'a.svs'])).code).toBe(2);
  });
});

describeWithOpenSlideLibrary('formats, with OpenSlide', (library) => {
  it('names its version', async () => {
    const { stdout } = await runInProcess(['formats']);
    expect(stdout).toMatch(new RegExp(`^OpenSlide ${library.version.replaceAll('.', '\\.')} \\(.+\\) is here`, 'm'));
  });
});
