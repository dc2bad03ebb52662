import { readdirSync } from 'node:fs';
import { fromFile } from 'geotiff';
import { expect, it } from 'vitest';
import { decodeImage } from '../../../../src/io/encode-image.ts';
import { openFileSource } from '../../../../src/io/source/file-source.ts';
import { openTiff } from '../../../../src/io/tiff/open-tiff.ts';
import { TAG } from '../../../../src/io/tiff/tags.ts';
import { readTiffImage } from '../../../../src/io/tiff/tiff-image.ts';
import { openSlide } from '../../../../src/slide/open-slide.ts';
import { describeWithShared, sharedPath } from '../../../support/shared-data.ts';

const robust = sharedPath('data', 'tiff-robustness', 'bigtiff-and-tiled');
const wsi = sharedPath('data', 'wsi');

describeWithShared('the reader agrees with another, geotiff,', () => {
  // Not multi-channel.ome.tif: geotiff 3.0.5 does not swap the bytes of its long big-endian arrays (439 becomes 0xb7010000).
  const files = [
    ...readdirSync(robust).map((name) => `${robust}/${name}`),
    ...[
      'CMU-1-Small-Region.svs',
      'CMU-1-Small-Region.jpeg.tiff',
      'CMU-1-Small-Region.jp2.tiff',
      'ome-multifile/multifile-Z1.ome.tiff',
    ].map((name) => `${wsi}/${name}`),
    ...['XYC_LZW.ome.tiff', 'XYC_zlib.ome.tiff', 'XYC_JPEG.ome.tiff'].map((name) => `${wsi}/ome-bfconvert/${name}`),
    sharedPath('golden', 'inputs', 'slide_combo.tif'),
  ];

  it.each(files.map((path) => [path.split('/').at(-1), path] as const))(
    'on the pages, tags and tiles of %s',
    async (_name, path) => {
      await using source = await openFileSource(path);
      const ours = await openTiff(source);
      const theirs = await fromFile(path);
      try {
        expect(ours?.littleEndian).toBe(theirs.littleEndian);
        expect(ours?.big).toBe(theirs.bigTiff);
        expect(ours?.directories.length).toBe(await theirs.getImageCount());
        for (const directory of ours?.directories ?? []) {
          const page = await theirs.getImage(directory.index);
          const image = await readTiffImage(directory);
          expect([image.width, image.height]).toEqual([page.getWidth(), page.getHeight()]);
          expect([image.tileWidth, image.tileHeight]).toEqual([page.getTileWidth(), page.getTileHeight()]);
          expect(image.samplesPerPixel).toBe(page.getSamplesPerPixel());
          const load = async (name: string) =>
            page.fileDirectory.loadValue(name as never) as Promise<ArrayLike<number> | undefined>;
          const { offsets, counts } = await image.readTileIndex();
          const kind = image.tiled ? 'Tile' : 'Strip';
          expect([...offsets]).toEqual(toNumbers(await load(`${kind}Offsets`)));
          // A file without counts of its uncompressed strips has none to compare.
          const listed = toNumbers(await load(`${kind}ByteCounts`));
          if (directory.has(image.tiled ? TAG.TileByteCounts : TAG.StripByteCounts))
            expect([...counts]).toEqual(listed);
          else expect(listed).toEqual([]);
          for (const [name, tag] of numericTags)
            expect(await directory.readNumber(tag), name).toEqual(toNumbers(await load(name))[0]);
          expect(await directory.readAscii(TAG.ImageDescription)).toBe(trim(await load('ImageDescription')));
        }
      } finally {
        await theirs.close();
      }
    },
  );

  const numericTags = (
    ['ImageWidth', 'Compression', 'PhotometricInterpretation', 'BitsPerSample', 'Predictor', 'NewSubfileType'] as const
  ).map((name) => [name, TAG[name]] as const);

  const lossless = [
    `${robust}/BigTIFF.tif`,
    `${robust}/BigTIFFLong.tif`,
    `${robust}/BigTIFFMotorola.tif`,
    `${robust}/tiled-rect-rgb-u8.tif`,
    `${robust}/tiled-rgb-u8.tif`,
    `${wsi}/ome-multifile/multifile-Z1.ome.tiff`,
  ];
  it.each(lossless.map((path) => [path.split('/').at(-1), path] as const))(
    'on every pixel of %s',
    async (_name, path) => {
      await using slide = await openSlide(path);
      const { width, height } = slide;
      const { data } = await slide.readRegion({ x: 0, y: 0, level: 0, width, height });
      const theirs = await fromFile(path);
      try {
        const page = await theirs.getImage(0);
        const samples = page.getSamplesPerPixel();
        const read = (await page.readRasters({ interleave: true })) as unknown as Uint8Array;
        const wanted =
          samples === 1
            ? Uint8Array.from({ length: data.length }, (_, i) => read[Math.floor(i / 3)] ?? 0)
            : Uint8Array.from(read);
        expect(Buffer.compare(data, wanted)).toBe(0);
      } finally {
        await theirs.close();
      }
    },
  );

  it.each(['LZW', 'zlib'])('with the picture that XYC_%s.ome.tiff was made of', async (name) => {
    // geotiff refuses these: they state the depth of one sample of three. The picture itself is the better judge.
    await using slide = await openSlide(`${wsi}/ome-bfconvert/XYC_${name}.ome.tiff`);
    const card = await decodeImage(`${wsi}/XYC.png`);
    const { data } = await slide.readRegion({ x: 0, y: 0, level: 0, width: card.width, height: card.height });
    expect([slide.width, slide.height]).toEqual([card.width, card.height]);
    expect(Buffer.compare(data, card.data)).toBe(0);
  });

  it('with the picture that XYC_JPEG.ome.tiff was made of, as far as 4:2:0 keeps it', async () => {
    // Its tiles are YCbCr and the TIFF says RGB: taken at that word, colours are off by 56 levels on average.
    await using slide = await openSlide(`${wsi}/ome-bfconvert/XYC_JPEG.ome.tiff`);
    const card = await decodeImage(`${wsi}/XYC.png`);
    const { data } = await slide.readRegion({ x: 0, y: 0, level: 0, width: card.width, height: card.height });
    const sum = data.reduce((total, value, i) => total + Math.abs(value - (card.data[i] ?? 0)), 0);
    // Pillow's decode of the first tile is as far from the card, and equal to ours.
    expect(sum / data.length).toBeLessThan(13);
  });
});

function toNumbers(value: unknown): number[] {
  if (value === undefined) return [];
  if (typeof value === 'number' || typeof value === 'bigint') return [Number(value)];
  return Array.from(value as ArrayLike<number>, Number);
}

function trim(value: unknown): string | undefined {
  return typeof value === 'string' ? value.replace(/\0.*$/s, '') : undefined;
}
