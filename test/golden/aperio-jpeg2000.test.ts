import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { openSlide } from '../../src/slide/open-slide.ts';
import { describeWithOpenSlide } from '../support/openslide-oracle.ts';
import { buildTiff } from '../support/tiny-tiff.ts';
import { findStream, getDifference } from './tile-codecs-support.ts';

/** Aperio calls all of its JPEG 2000 RGB (photometric interpretation 2), which for 33003 is wrong. */
const PHOTOMETRIC = 2;

describeWithOpenSlide('JPEG 2000 of Aperio', (getOracle) => {
  let folder: string;
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'slideloom-aperio-'));
  });
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  it.each([
    // Equal: both compute JFIF's colours with libjpeg's tables.
    ['j2k plain', 33_003, 0],
    ['j2k plain', 33_005, 0],
    ['j2k mixed', 33_005, 0],
    ['j2k lossy', 33_005, 0],
    // The decoder's wrapper converts these itself and cuts fractions off, up to two of them in green.
    ['j2k 422', 33_003, 2],
    ['j2k 420', 33_003, 2],
  ])('%s as compression %d: at most %d levels from OpenSlide', async (name, compression, tolerance) => {
    const { stream, width, height } = findStream(name);
    const path = join(folder, `${name.replaceAll(' ', '-')}-${compression}.svs`);
    const size = { width, height, tileWidth: width, tileHeight: height, samples: 3 };
    const description = `Aperio Image Library v12\n${width}x${height}|AppMag = 20|MPP = 0.5`;
    const image = { ...size, compression, photometric: PHOTOMETRIC, chunks: [stream], description };
    writeFileSync(path, buildTiff([image]).bytes);
    await using slide = await openSlide(path);
    expect(slide).toMatchObject({ format: 'aperio', levels: [{ codec: 'jpeg2000' }] });
    const theirs = await getOracle().open(path);
    const region = { x: 0, y: 0, level: 0, width, height };
    const wanted = await theirs.readRegion(region);
    expect(wanted.data.some((value) => value < 250)).toBe(true);
    expect(getDifference((await slide.readRegion(region)).data, wanted.data)).toBeLessThanOrEqual(tolerance);
    await theirs.close();
  });
});
