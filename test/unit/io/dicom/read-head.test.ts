import { describe, expect, it } from 'vitest';
import { parseDataSet } from '../../../../src/io/dicom/data-set.ts';
import { isDicomFile, readDicomHead } from '../../../../src/io/dicom/read-head.ts';
import { TAG } from '../../../../src/io/dicom/tags.ts';
import { createBufferSource } from '../../../../src/io/source/buffer-source.ts';
import { buildDicom, type TinyDicom } from '../../../support/tiny-dicom.ts';

const base: TinyDicom = { width: 4, height: 4, tileWidth: 4, tileHeight: 4, frames: [new Uint8Array(48)] };

async function readHead(image: TinyDicom, options?: { stopAt?: number }) {
  await using source = createBufferSource(buildDicom(image), 'a.dcm');
  return await readDicomHead(source, options);
}
async function fails(bytes: Uint8Array): Promise<unknown> {
  await using source = createBufferSource(bytes, 'a.dcm');
  return await readDicomHead(source).catch((error: unknown) => error);
}

describe('the head of a DICOM file', () => {
  it('is read as far as the pixels, however far that is', async () => {
    for (const syntax of ['.1', '', '.2']) {
      for (const delimited of [false, true]) {
        const profile = new Uint8Array(200_000).fill(7);
        const path = [[0x00282000, 'OB', profile] as const];
        const head = await readHead({ ...base, syntax, delimited, elements: [[0x00480105, 'SQ', { items: [path] }]] });
        expect(head.pixelData).toMatchObject({ tag: TAG.PixelData, length: 48 });
        expect(head.elements.map(({ tag }) => tag)).toEqual(head.elements.map(({ tag }) => tag).sort((a, b) => a - b));
        const values = parseDataSet('a.dcm', head, [TAG.OpticalPathSequence, TAG.Rows]);
        const found = values.readItems(TAG.OpticalPathSequence)[0]?.readBytes(TAG.ICCProfile);
        expect(Buffer.compare(found ?? new Uint8Array(), profile)).toBe(0);
        expect(values.readUint16(TAG.Rows)).toBe(4);
        // Not asked for.
        expect(values.readUint16(TAG.Columns)).toBeUndefined();
      }
    }
  });

  it('stops where it is told to', async () => {
    const head = await readHead(base, { stopAt: TAG.SeriesInstanceUID });
    expect(head.elements.at(-1)?.tag).toBe(TAG.SeriesInstanceUID);
    expect(head.pixelData).toBeUndefined();
  });

  it('knows a DICOM file by its letters', async () => {
    for (const [bytes, is] of [
      [buildDicom(base), true],
      [new Uint8Array(132), false],
      [new Uint8Array(3), false],
    ] as const) {
      await using source = createBufferSource(bytes);
      expect(await isDicomFile(source)).toBe(is);
    }
  });

  it('gives undefined for values that are not there, or not whole', async () => {
    const elements = [
      [0x00200013, 'IS', 'seven'],
      [0x00280010, 'US', Uint8Array.of(1)],
      [0x00080070, 'LO', ' A \\ B'],
    ] as const;
    const values = parseDataSet('a', await readHead({ ...base, elements }), [
      TAG.InstanceNumber,
      TAG.Rows,
      TAG.Manufacturer,
    ]);
    expect(values.readDecimals(TAG.InstanceNumber)).toEqual([Number.NaN]);
    expect(values.readTexts(TAG.Manufacturer)).toEqual(['A', 'B']);
    expect(values.readText(TAG.Modality)).toBeUndefined();
    expect(values.readFloat(TAG.Rows)).toBeUndefined();
    expect(values.readItems(TAG.Rows)).toEqual([]);
  });

  it.each<[string, () => Uint8Array, RegExp]>([
    ['an element that is cut', () => buildDicom(base).subarray(0, 300), /file's end/],
    [
      'no transfer syntax',
      () => Buffer.concat([new Uint8Array(128), Buffer.from('DICM')]),
      /no transfer syntax \(0002,0010\)/,
    ],
    [
      'bytes that are no element',
      () => Buffer.concat([buildDicom(base).subarray(0, 180), new Uint8Array(500)]),
      /no element at byte|no transfer syntax/,
    ],
    [
      'an absurd length',
      () => {
        const bytes = Buffer.from(buildDicom(base));
        bytes.writeUInt32LE(0x7fffffff, bytes.indexOf(Buffer.from('005229925351', 'hex')) + 8);
        return bytes;
      },
      /beyond the file's end|past the file's end/,
    ],
    [
      'sequences within sequences without end',
      () => {
        const open = Buffer.from('48000501' + '53510000ffffffff' + 'feff00e0ffffffff', 'hex');
        const bytes = buildDicom(base);
        const at = Buffer.from(bytes).indexOf(Buffer.from('005229925351', 'hex'));
        return Buffer.concat([bytes.subarray(0, at), ...Array.from({ length: 10_000 }, () => open)]);
      },
      /more than 32 nested sequences/,
    ],
  ])('refuses %s', async (_name, build, message) => {
    const error = await fails(build());
    expect(error).toMatchObject({ tag: 'dicom', message: expect.stringMatching(message) });
  });
});
