import sharp from 'sharp';
import { expect, it } from 'vitest';
import { encodePicture } from '../../../src/io/encode-picture.ts';

it.each([1, 3] as const)('is a JPEG of the picture: %i channels', async (channels) => {
  const [width, height] = [301, 170];
  const data = Uint8Array.from(
    { length: width * height * channels },
    (_, i) => 128 + 100 * Math.sin(i / (97 * channels)),
  );
  const file = await encodePicture({ width, height, channels, data });
  const { data: read, info } = await sharp(file)
    .toColourspace(channels === 1 ? 'b-w' : 'srgb')
    .raw()
    .toBuffer({ resolveWithObject: true });
  expect(info).toMatchObject({ width, height, channels });
  const differences = read.map((value, i) => Math.abs(value - (data[i] ?? 0)));
  // Quality 90 of a smooth picture, with chroma at half size: a few grey levels on average.
  expect(differences.reduce((sum, value) => sum + value, 0) / differences.length).toBeLessThan(4);
});
