import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'vitest';
import { decodeImage } from '../../src/io/encode-image.ts';
import { extractPatches } from '../../src/preprocessing/extract-patches.ts';
import { openSlide } from '../../src/slide/open-slide.ts';

/** Cuts all patches of level 0 in two workers and holds each against the slide's own region. @returns how many there are */
export async function cutAndCompare(path: string, size: number): Promise<number> {
  const out = mkdtempSync(join(tmpdir(), 'slideloom-cut-'));
  try {
    await using slide = await openSlide(path);
    const options = { out, size, level: 0, format: 'png', edge: 'pad', overview: false, workers: 2 } as const;
    const result = await extractPatches(slide, options);
    let count = 0;
    for await (const { x, y, path: file } of result.readRecords()) {
      const { data } = await decodeImage(readFileSync(join(out, file ?? '')));
      const expected = await slide.readRegion({ x, y, level: 0, width: size, height: size });
      expect(Buffer.compare(data, expected.data), file).toBe(0);
      count++;
    }
    expect(count).toBe(result.counts.written);
    return count;
  } finally {
    rmSync(out, { recursive: true });
  }
}
