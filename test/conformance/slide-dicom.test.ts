import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { createBufferSource } from '../../src/io/source/buffer-source.ts';
import { openSlide } from '../../src/slide/open-slide.ts';
import { describeWithShared, sharedPath } from '../support/shared-data.ts';
import { describeSlide } from '../support/slide-conformance.ts';
import { buildDicom, createNoiseFrames, type TinyDicom } from '../support/tiny-dicom.ts';

const tiles = { tileWidth: 16, tileHeight: 12 };
const create = (width: number, height: number, seed: string, samples: 1 | 3 = 3): TinyDicom => ({
  ...{ width, height, ...tiles, samples, instance: `1.2.${seed.length}.${width}` },
  ...createNoiseFrames({ width, height, ...tiles, samples }, seed),
});
const full = create(75, 50, 'full');
const label = { ...create(9, 6, 'label'), imageType: 'ORIGINAL\\PRIMARY\\LABEL\\NONE' };
const overview = { ...create(33, 20, 'overview'), imageType: 'ORIGINAL\\PRIMARY\\OVERVIEW\\NONE' };

const folder = mkdtempSync(join(tmpdir(), 'slideloom-dicom-'));
afterAll(() => rmSync(folder, { recursive: true }));
const files = [label, full, create(38, 25, 'half'), create(19, 13, 'quarter'), overview];
for (const [i, image] of files.entries()) writeFileSync(join(folder, `${i}.dcm`), buildDicom(image));

const dicom = { format: 'dicom', levels: 1, associated: [], hasMpp: true };
const fromMemory = (image: TinyDicom) => () => openSlide(createBufferSource(buildDicom(image), 'memory.dcm'));

describeSlide('DICOM, a pyramid in a folder', {
  ...dicom,
  open: () => openSlide(folder),
  levels: 3,
  associated: ['label', 'macro'],
});
describeSlide('DICOM, opened by its label', {
  ...dicom,
  open: () => openSlide(join(folder, '0.dcm')),
  levels: 3,
  associated: ['label', 'macro'],
});
describeSlide('DICOM in memory', { ...dicom, open: fromMemory({ ...full, spacing: null }), hasMpp: false });
describeSlide('DICOM, implicit, grey, big frames', {
  ...dicom,
  open: fromMemory({ ...create(75, 50, 'grey', 1), syntax: '' }),
});
describeSlide('DICOM, sparse', {
  ...dicom,
  open: fromMemory({
    ...full,
    organization: 'TILED_SPARSE',
    frames: full.frames.slice(0, 12),
    positions: full.frames.slice(0, 12).map((_, i) => ({ x: (i % 5) * 16, y: Math.floor(i / 5) * 12 })),
  }),
});

const wsi = (...parts: string[]) => sharedPath('data', 'wsi', ...parts);

describeWithShared('real DICOM slides', () => {
  describeSlide('dicom-CMU-1-Small-Region-j2k', {
    ...dicom,
    open: () => openSlide(wsi('dicom-CMU-1-Small-Region-j2k')),
    associated: ['label', 'macro'],
  });
  const volume = wsi(
    'dicom-CMU-1-Small-Region-jpeg',
    '1.2.826.0.1.3680043.8.498.35220404935377466417110411569853018212.dcm',
  );
  describeSlide('dicom-CMU-1-Small-Region-jpeg, its volume', {
    ...dicom,
    open: () => openSlide(createBufferSource(new Uint8Array(readFileSync(volume)), 'volume.dcm')),
  });

  it('says what is wrong with a label and an overview of which only the first strip was stored', async () => {
    await using slide = await openSlide(volume);
    expect(slide.associatedImages).toEqual(['label', 'macro']);
    const reading = slide.readAssociatedImage('macro');
    await expect(reading).rejects.toMatchObject({ tag: 'dicom', cause: { tag: 'codec' } });
    await expect(reading).rejects.toThrow(/the stream holds 1280 x 16 with 3 samples, the file promises 1280 x 431/);
  });

  describeSlide('camelyon_j2k-lossless.dcm', { ...dicom, open: () => openSlide(wsi('camelyon_j2k-lossless.dcm')) });
  for (const name of ['sm_image', 'sm_image_dots', 'sm_image_numbers', 'sm_image_grayscale'])
    describeSlide(name, { ...dicom, open: () => openSlide(wsi('dicom-highdicom', `${name}.dcm`)) });

  it.each([
    ['seg_image_sm_dots.dcm', /a segmentation, not a slide/],
    ['sm_annotations.dcm', /annotations \(microscopy bulk simple annotations\), not a slide/],
  ])('refuses %s', async (name, message) => {
    const opening = openSlide(wsi('dicom-highdicom', name));
    await expect(opening).rejects.toMatchObject({
      tag: 'unsupported-format',
      hint: expect.stringMatching(/VL Whole Slide/),
    });
    await expect(opening).rejects.toThrow(message);
  });

  it('asks which of four slides in a folder is meant', async () => {
    await expect(openSlide(wsi('dicom-highdicom'))).rejects.toThrow(/a folder of 4 DICOM slides/);
  });
});

describe('detection of DICOM', () => {
  it('takes the letters behind the preamble, whatever the file is called', async () => {
    const bytes = buildDicom(full);
    await using slide = await openSlide(createBufferSource(bytes, 'slide.svs'));
    expect(slide.format).toBe('dicom');
    for (const other of [bytes.subarray(0, 131), bytes.subarray(4), new Uint8Array(500)])
      await expect(openSlide(createBufferSource(other, 'a.dcm'), { backend: 'native' })).rejects.toThrow(
        /not a slide of a known format/,
      );
  });
});
