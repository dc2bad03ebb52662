import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { SampleArray } from '../../src/io/sample-raster.ts';
import { openSlide } from '../../src/slide/open-slide.ts';
import type { ChannelRaster, Slide } from '../../src/slide/slide.ts';
import { describeWithOpenSlide } from '../support/openslide-oracle.ts';
import { describeWithShared, ROOT, sharedPath, skipLoudly } from '../support/shared-data.ts';
import { hasPythonOracle } from './jpeg-decode-support.ts';

const wsi = (...parts: string[]) => sharedPath('data', 'wsi', ...parts);

/** All samples of a channel at full resolution. */
async function readChannel(slide: Slide, channel: number | string): Promise<ChannelRaster> {
  return slide.readRegion({ x: 0, y: 0, level: 0, width: slide.width, height: slide.height, channel });
}

function bytesOf({ buffer, byteOffset, byteLength }: SampleArray): Buffer {
  return Buffer.from(buffer, byteOffset, byteLength);
}

function runOracle(...args: string[]): Buffer {
  const script = join(ROOT, 'test/golden/channel_oracle.py');
  const { status, stdout, stderr } = spawnSync('/usr/bin/python3', [script, ...args], { maxBuffer: 2 ** 28 });
  if (status !== 0) throw new Error(`the oracle failed: ${stderr}`);
  return stdout;
}

// Tolerance 0 throughout: both sides read the same stored numbers, and none is computed.

if (hasPythonOracle) {
  describe('sample types as Pillow and OpenCV write them', () => {
    let folder = '';
    let names: string[] = [];
    beforeAll(() => {
      folder = mkdtempSync(join(tmpdir(), 'slideloom-channels-'));
      names = runOracle('write', folder).toString().trim().split('\n');
    });
    afterAll(() => rmSync(folder, { recursive: true, force: true }));

    it('are read as the numbers that they were', async () => {
      const types = new Set<string>();
      for (const name of names) {
        await using slide = await openSlide(join(folder, `${name}.tif`));
        const { type, data } = await readChannel(slide, 0);
        types.add(type);
        const [, dtype] = name.split('-');
        expect(type, name).toBe(dtype);
        expect(bytesOf(data).equals(readFileSync(join(folder, `${name}.bin`))), name).toBe(true);
      }
      expect(names).toHaveLength(27);
      expect([...types].sort()).toEqual(['float32', 'float64', 'int16', 'int32', 'int8', 'uint16', 'uint8']);
    });
  });

  describeWithShared('stored samples against Pillow and OpenCV', () => {
    it.each([
      ['pillow', wsi('ome-multifile', 'multifile-Z3.ome.tiff')],
      ['opencv', sharedPath('data', 'volumes', 'mouse-brain-serial', 'Section-09.tif')],
      ['pillow', sharedPath('data', 'multiplex', 'cellprofiler-human', 'AS_09125_050116030001_D03f00d0.tif')],
    ] as const)('%s: %s', async (reader, path) => {
      await using slide = await openSlide(path);
      const { data, type } = await readChannel(slide, 0);
      expect(bytesOf(data).equals(runOracle('read', reader, path, '0'))).toBe(true);
      expect(type).toBe(slide.channels[0]?.type);
    });

    it.each([
      ['signed channels, big endian', wsi('multi-channel.ome.tif'), 3],
      ['a multiplex crop', sharedPath('data', 'multiplex', 'CSM_ABCM22001_B09_MiniCrop.ome.tif'), 7],
    ])('%s, each by its name', async (_what, path, count) => {
      await using slide = await openSlide(path);
      expect(slide.channels).toHaveLength(count);
      // One after another, from one Python: it takes a second to start.
      const theirs = runOracle('read', 'opencv', ...[...slide.channels.keys()].flatMap((page) => [path, String(page)]));
      let at = 0;
      for (const [page, { name }] of slide.channels.entries()) {
        const { data, ...found } = await readChannel(slide, name);
        expect(bytesOf(data).equals(theirs.subarray(at, at + data.byteLength))).toBe(true);
        expect(found).toMatchObject({ channel: page, name });
        at += data.byteLength;
      }
      expect(at).toBe(theirs.length);
    });

    let card: Buffer | undefined;
    it.each(['zlib', 'LZW', 'JPEG-2000'])('the card in %s: red, green and blue by their names', async (codec) => {
      card ??= runOracle('read', 'pillow', wsi('XYC.png'), '0');
      await using slide = await openSlide(wsi('ome-bfconvert', `XYC_${codec}.ome.tiff`));
      for (const [c, name] of ['red', 'green', 'blue'].entries()) {
        const { data } = await readChannel(slide, name);
        expect(bytesOf(data).equals(card.filter((_, i) => i % 3 === c))).toBe(true);
      }
    });
  });
} else skipLoudly('stored samples against Pillow and OpenCV', 'python3-pil, python3-numpy and python3-opencv');

describeWithShared('fluorescence in an NDPI', () => {
  describeWithOpenSlide('against OpenSlide', (getOracle) => {
    it('blue is the DAPI signal, at every level and across tiles and edges', async () => {
      const path = wsi('hamamatsu-DAPI-2-387.ndpi');
      const theirs = await getOracle().open(path);
      await using slide = await openSlide(path);
      for (const [level, { downsample }] of [...slide.levels.entries()].slice(0, 4)) {
        const at = (pixels: number) => Math.round(pixels * downsample.x);
        const region = { x: at(100), y: at(130), level, width: 333, height: 211 };
        const { data } = await theirs.readRegion(region);
        for (const [c, channel] of ['red', 'green', 'blue'].entries()) {
          const found = await slide.readRegion({ ...region, channel });
          expect(
            Buffer.compare(
              bytesOf(found.data),
              data.filter((_, i) => i % 3 === c),
            ),
          ).toBe(0);
        }
      }
      await theirs.close();
    });
  });
});
