import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { deflateSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { COMPRESSION, PHOTOMETRIC, TAG } from '../../src/io/tiff/tags.ts';
import { createTiffWriter } from '../../src/io/tiff/writer/tiff-writer.ts';
import { ROOT } from '../support/shared-data.ts';

// Coordinates of 50,000 patches on a slide of 100,000 x 90,000 pixels, tissue detection included, in a process of its own:
// memory is that of the picture tissue is found on, never that of the slide or of the patches.
describe('a plan of 50,000 patches on a 100k x 90k slide', () => {
  let folder: string;
  let slide: string;

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'slideloom-plan-'));
    slide = join(folder, 'huge.tif');
    await writeHugeSlide(slide);
  });
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  it('peaks under 300 MB', () => {
    const out = join(folder, 'out');
    const script = `
      import { readFileSync } from 'node:fs';
      import { detectTissue, extractPatches, openSlide } from ${JSON.stringify(pathToFileURL(join(ROOT, 'dist', 'index.js')).href)};
      const readPeak = () => Number(/VmHWM:\\s+(\\d+)/.exec(readFileSync('/proc/self/status', 'utf8'))[1]) / 1024;
      const slide = await openSlide(${JSON.stringify(slide)}, { mpp: 0.25 });
      const tissue = await detectTissue(slide);
      // A stage starts the kernel's peak anew, so it is read before and after.
      const before = readPeak();
      const options = { out: ${JSON.stringify(out)}, tissue, size: 200, mpp: 0.5, format: 'coordinates' };
      const { counts } = await extractPatches(slide, options);
      slide.close();
      console.log(JSON.stringify({ counts, peak: Math.max(before, readPeak()) }));
    `;
    const printed = execFileSync(process.execPath, ['--input-type=module', '-e', script], { encoding: 'utf8' });
    const { counts, peak } = JSON.parse(printed) as { counts: { planned: number }; peak: number };
    expect(counts.planned).toBeGreaterThan(50_000);
    expect(peak).toBeLessThan(300);
  });
});

/** Four levels of pink with a margin of glass at the right: 137,000 tiles, each of the two kinds stored once a level. */
async function writeHugeSlide(path: string): Promise<void> {
  await using writer = await createTiffWriter(path);
  for (const factor of [1, 4, 16, 32]) {
    const [width, height] = [Math.ceil(100_000 / factor), Math.ceil(90_000 / factor)];
    const directory = writer.addDirectory({ kind: 'tiles', width, height, tileWidth: 256, tileHeight: 256 }, [
      { tag: TAG.NewSubfileType, type: 'long', value: [factor === 1 ? 0 : 1] },
      { tag: TAG.BitsPerSample, type: 'short', value: [8, 8, 8] },
      { tag: TAG.Compression, type: 'short', value: [COMPRESSION.AdobeDeflate] },
      { tag: TAG.PhotometricInterpretation, type: 'short', value: [PHOTOMETRIC.Rgb] },
      { tag: TAG.SamplesPerPixel, type: 'short', value: [3] },
    ]);
    const columns = Math.ceil(width / 256);
    const pink = await directory.write(0, createTile([214, 140, 180]));
    const glass = await directory.write(columns - 1, createTile([243, 243, 243]));
    for (let index = 1; index < directory.blockCount; index++) {
      directory.place(index, index % columns < columns * 0.92 ? pink : glass);
    }
  }
  await writer.finish();
}

function createTile(colour: readonly number[]): Uint8Array {
  const tile = new Uint8Array(256 * 256 * 3);
  for (let i = 0; i < tile.length; i += 3) tile.set(colour, i);
  return deflateSync(tile);
}
