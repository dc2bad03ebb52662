import { describe, expect, it } from 'vitest';
import { withOpenCv } from '../../../../src/preprocessing/tissue-detection/opencv.ts';
import { formatMask, parseMask } from './support.ts';

const FATAL_EVENTS = ['uncaughtException', 'unhandledRejection'] as const;

describe('withOpenCv', () => {
  it('leaves the process as it was: the package’s abort-on-rejection listeners are gone', async () => {
    const before = FATAL_EVENTS.map((event) => process.rawListeners(event));
    await withOpenCv(() => undefined);
    expect(FATAL_EVENTS.map((event) => process.rawListeners(event))).toEqual(before);
  });

  it('finds contours with holes and fills them, borders included', async () => {
    const mask = parseMask(['......', '.####.', '.#..#.', '.####.', '......']);
    const found = await withOpenCv((opencv) => opencv.findContours(mask, 'ccomp'));
    expect([...found.hierarchy]).toEqual([-1, -1, 1, -1, -1, -1, -1, 0]);
    expect(found.areas[0]).toBe(6);
    const filled = { ...mask, data: new Uint8Array(mask.data.length) };
    await withOpenCv((opencv) => opencv.fillContours(filled, found.points.slice(0, 1), 1));
    expect(formatMask(filled)).toEqual(['......', '.####.', '.####.', '.####.', '......']);
  });

  it('finds nothing in an empty mask', async () => {
    const found = await withOpenCv((opencv) => opencv.findContours(parseMask(['...', '...']), 'tree'));
    expect(found).toEqual({ points: [], areas: new Float64Array(0), hierarchy: new Int32Array(0) });
  });

  it('turns OpenCV’s numbers into errors with its message', async () => {
    const broken = { width: 2, height: 2, data: new Uint8Array(4) };
    const failing = withOpenCv((opencv) => opencv.fillContours(broken, [new Int32Array(0)], 1));
    await expect(failing).rejects.toThrow(/OpenCV failed: .*OpenCV\(4/s);
  });

  // Its heap ends at 1 GB: 80 masks of 16 Mpx would not fit if any were left behind, after success or failure.
  it('deletes everything, also when the work throws', async () => {
    const large = { width: 4096, height: 4096, data: new Uint8Array(4096 * 4096) };
    for (let i = 0; i < 80; i++) {
      const work = withOpenCv((opencv) => {
        opencv.findContours(large, 'ccomp');
        if (i % 2 === 1) throw new Error('stop');
      });
      if (i % 2 === 1) await expect(work).rejects.toThrow('stop');
      else await work;
    }
  });
});
