import { expect, it } from 'vitest';
import { computeSaturation } from '../../src/preprocessing/tissue-detection/kernels/color.ts';
import { computeHistogram, computeOtsu } from '../../src/preprocessing/tissue-detection/kernels/histogram.ts';
import { medianBlur, selectMedianAbove } from '../../src/preprocessing/tissue-detection/kernels/median.ts';
import { close, createRectKernel } from '../../src/preprocessing/tissue-detection/kernels/morphology.ts';
import { withOpenCv } from '../../src/preprocessing/tissue-detection/opencv.ts';
import { describeWithShared } from '../support/shared-data.ts';
import { countDifferent, readGolden, readGoldenPlane, readGoldenRgb } from './tissue-support.ts';

const IMAGES = ['cmu_thumb1000', 'diagnostic_thumb', 'hl_tissue_a', 'combo_l3'];

// Recorded from cv2 4.6. index.json asks for S exact or <= 1 and masks >= 99.9 % equal; integer arithmetic leaves no room
// for rounding, so every step is demanded exactly.
describeWithShared('pixel steps equal cv2', () => {
  it.each(IMAGES)('%s: saturation, median, threshold, closing and Otsu: 0 differing pixels', async (image) => {
    const golden = readGolden(`cv2_steps__${image}`);
    const rgb = await readGoldenRgb(golden.inputs['image']!);
    const step = async (name: string) => (await readGoldenPlane(golden.outputs[name]!.path)).data;
    const size = { width: rgb.width, height: rgb.height };

    const saturation = computeSaturation(rgb.data);
    expect(countDifferent(saturation, await step('S'))).toBe(0);
    const median = medianBlur({ ...size, data: saturation }, 7);
    expect(countDifferent(median, await step('median7'))).toBe(0);
    const mask = selectMedianAbove({ ...size, data: saturation }, 7, 8);
    expect(countDifferent(mask, toBits(await step('thresh8')))).toBe(0);
    const closed = close({ ...size, data: mask }, createRectKernel(4));
    expect(countDifferent(closed, toBits(await step('closed4')))).toBe(0);
    expect(computeOtsu(computeHistogram(median)).threshold).toBe(golden.values.otsu_threshold_of_median);
  });

  // Integer tracing: the same contours, order included, from OpenCV 4.3 (ours) and cv2 4.6.
  it.each(IMAGES)('%s: contours of the closed mask, their nesting and areas: exact', async (image) => {
    const golden = readGolden(`findcontours__${image}`);
    const plane = await readGoldenPlane(golden.inputs['image']!);
    const found = await withOpenCv((opencv) => opencv.findContours({ ...plane, data: toBits(plane.data) }, 'ccomp'));
    const { n, hierarchy, areas, lengths, first_points } = golden.values;
    expect(found.points.length).toBe(n);
    expect([...found.hierarchy]).toEqual(hierarchy.flat());
    expect([...found.areas]).toEqual(areas);
    expect(found.points.map((points) => points.length / 2)).toEqual(lengths);
    expect(found.points.map((points) => [points[0], points[1]])).toEqual(first_points);
  });
});

function toBits(values: Uint8Array): Uint8Array {
  return values.map((value) => (value > 0 ? 1 : 0));
}
