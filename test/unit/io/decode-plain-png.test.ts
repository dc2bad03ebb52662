import sharp from 'sharp';
import { describe, expect, it } from 'vitest';
import { decodePlainPng } from '../../../src/io/decode-plain-png.ts';

const [width, height] = [37, 23];

function createPixels(channels: number): Uint8Array {
  return Uint8Array.from({ length: width * height * channels }, (_, i) => ((i * i) >> 3) ^ (i % 91));
}

describe('decodePlainPng', () => {
  it.each([
    [1, false],
    [1, true],
    [3, false],
    [3, true],
  ] as const)('has the pixels that sharp wrote: %i channels, adaptive filters %s', async (channels, adaptive) => {
    const data = createPixels(channels);
    const image = sharp(data, { raw: { width, height, channels } }).toColourspace(channels === 1 ? 'b-w' : 'srgb');
    const file = await image.png({ adaptiveFiltering: adaptive }).toBuffer();
    const decoded = decodePlainPng(file);
    expect(decoded).toMatchObject({ width, height, channels });
    expect(Buffer.compare(decoded?.data ?? new Uint8Array(), data)).toBe(0);
  });

  it('leaves to others what it does not do, and what is damaged', async () => {
    const alpha = await sharp(createPixels(4), { raw: { width, height, channels: 4 } })
      .png()
      .toBuffer();
    const interlaced = await sharp(createPixels(3), { raw: { width, height, channels: 3 } })
      .png({ progressive: true })
      .toBuffer();
    const sound = await sharp(createPixels(3), { raw: { width, height, channels: 3 } })
      .png()
      .toBuffer();
    expect(decodePlainPng(sound)).toBeDefined();
    for (const file of [
      alpha,
      interlaced,
      sound.subarray(0, sound.length - 20),
      sound.subarray(0, 30),
      Buffer.alloc(64),
    ])
      expect(decodePlainPng(file)).toBeUndefined();
    const torn = Buffer.from(sound);
    torn.fill(0xff, 60, 80);
    expect(decodePlainPng(torn)).toBeUndefined();
  });
});
