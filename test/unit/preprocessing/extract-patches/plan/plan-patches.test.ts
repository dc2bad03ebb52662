import { describe, expect, it } from 'vitest';
import { planPatches } from '../../../../../src/preprocessing/extract-patches/plan/plan-patches.ts';
import { corners, createMask, createRectangle, createSlide, createTissue } from './plan-fixtures.ts';

describe('counts of known grids', () => {
  // Grid attempts of the original pipeline on its five published slides: 512 px, level 0, no mask. Exact.
  it.each([
    [59_759, 45_769, 10_324],
    [69_496, 23_774, 6_210],
    [125_444, 90_978, 43_365],
    [109_165, 76_795, 31_737],
    [16_184, 17_126, 1_023],
  ])('%i x %i: %i', (width, height, expected) => {
    const plan = planPatches(createSlide(width, height), undefined, { size: 512, stride: 512, level: 0 });
    expect(plan.candidates).toBe(expected);
    expect(plan.count()).toBe(expected);
    expect([...plan].length).toBe(expected);
  });
});

describe('geometry', () => {
  it('spans microns exactly, on each axis', () => {
    const plan = planPatches(createSlide(4000, 4000, { mpp: { x: 0.25, y: 0.2 } }), undefined, { size: 256 });
    expect(plan.geometry).toEqual({
      size: 256,
      span: { x: 512, y: 640 },
      downsample: { x: 2, y: 2.5 },
      mpp: 0.5,
      level: undefined,
    });
    expect(corners(plan).slice(0, 8)).toEqual(
      [0, 512, 1024, 1536, 2048, 2560, 3072].map((x) => [x, 0]).concat([[0, 640]]),
    );
  });

  it('rounds each position from the exact product, so that errors never add up', () => {
    const slide = createSlide(100_000, 600, { mpp: 0.2528 });
    const step = (256 * 0.5) / 0.2528;
    const xs = corners(planPatches(slide, undefined, { size: 256 })).map(([x]) => x);
    expect(xs).toHaveLength(197);
    for (const [k, x] of xs.entries()) expect(x).toBe(Math.round(k * step));
  });

  it("lies on the level's own pixels and floors the exact product for level 0", () => {
    const slide = createSlide(10_003, 8_001, { downsamples: [4] });
    const { x: ds } = slide.levels[1]!.downsample;
    expect(ds).not.toBe(4);
    const plan = planPatches(slide, undefined, { size: 256, level: 1 });
    expect(plan.geometry.span).toEqual({ x: 256 * ds, y: 256 * slide.levels[1]!.downsample.y });
    expect(plan.geometry.mpp).toBeUndefined();
    const xs = corners(plan).filter(([, y]) => y === 0);
    expect(xs).toEqual(Array.from({ length: 9 }, (_, k) => [Math.floor(k * 256 * ds), 0]));
  });

  it('says the mpp of a level where the slide has one', () => {
    const slide = createSlide(4096, 4096, { mpp: 0.25, downsamples: [4] });
    expect(planPatches(slide, undefined, { level: 1 }).geometry).toMatchObject({ mpp: 1, level: 1 });
  });

  it('takes the noise out of ratios of decimals', () => {
    expect(planPatches(createSlide(9000, 9000, { mpp: 0.1 }), undefined, { mpp: 0.3 }).geometry.span.x).toBe(1536);
  });

  it('magnifies a slide that is coarser than asked', () => {
    const plan = planPatches(createSlide(256, 256, { mpp: 1 }), undefined, { size: 256, mpp: 0.5 });
    expect(corners(plan)).toEqual([
      [0, 0],
      [128, 0],
      [0, 128],
      [128, 128],
    ]);
  });
});

describe('edges, stride and overlap', () => {
  const slide = createSlide(1000, 300);
  const xs = (options: object) =>
    corners(planPatches(slide, undefined, { level: 0, size: 300, ...options })).map(([x]) => x);

  it('drop, pad and shift', () => {
    expect(xs({ edge: 'drop' })).toEqual([0, 300, 600]);
    expect(xs({ edge: 'pad' })).toEqual([0, 300, 600, 900]);
    expect(xs({ edge: 'shift' })).toEqual([0, 300, 600, 700]);
  });

  it('adds no patch whose pixels its predecessor already has', () => {
    expect(xs({ edge: 'pad', stride: 100 })).toEqual([0, 100, 200, 300, 400, 500, 600, 700]);
    expect(xs({ edge: 'shift', stride: 100 })).toEqual([0, 100, 200, 300, 400, 500, 600, 700]);
    expect(xs({ edge: 'pad', stride: 150 })).toEqual([0, 150, 300, 450, 600, 750]);
  });

  it('overlap is size less stride', () => {
    expect(xs({ overlap: 100 })).toEqual(xs({ stride: 200 }));
    expect(xs({ overlap: 0 })).toEqual(xs({}));
  });

  it('leaves gaps where the stride is larger than the patch', () => {
    expect(xs({ stride: 500, edge: 'pad' })).toEqual([0, 500]);
    expect(xs({ stride: 500, edge: 'drop' })).toEqual([0, 500]);
  });

  it('pads one patch where the slide is smaller than it', () => {
    const plan = planPatches(createSlide(100, 80), undefined, { level: 0, size: 300, edge: 'pad' });
    expect(corners(plan)).toEqual([[0, 0]]);
  });
});

describe('tissue rules of the mask', () => {
  // Patches of 20 px on a mask of 10 px: two by two mask pixels each.
  const mask = createMask(['##.#....', '##......', '...#.#..', '........'], 10);
  const slide = createSlide(80, 40);
  const plan = (options: object) => planPatches(slide, mask, { level: 0, size: 20, ...options });

  it.each([
    [
      { tissueRule: 'fraction', tissueThreshold: 0.25 },
      [
        [0, 0],
        [20, 0],
        [20, 20],
        [40, 20],
      ],
    ],
    [{ tissueRule: 'fraction', tissueThreshold: 0.26 }, [[0, 0]]],
    [
      { tissueRule: 'any' },
      [
        [0, 0],
        [20, 0],
        [20, 20],
        [40, 20],
      ],
    ],
    [{ tissueRule: 'all' }, [[0, 0]]],
    [{ tissueRule: 'center' }, [[0, 0]]],
    [{ tissueRule: 'fraction', tissueThreshold: 0 }, corners(planPatches(slide, undefined, { level: 0, size: 20 }))],
  ])('%o', (options, expected) => {
    expect(corners(plan(options))).toEqual(expected);
  });

  it('reports the share of each patch, and numbers what it keeps', () => {
    expect([...plan({ tissueRule: 'any' })]).toEqual([
      { index: 0, x: 0, y: 0, tissueFraction: 1 },
      { index: 1, x: 20, y: 0, tissueFraction: 0.25 },
      { index: 2, x: 20, y: 20, tissueFraction: 0.25 },
      { index: 3, x: 40, y: 20, tissueFraction: 0.25 },
    ]);
    expect([...planPatches(slide, undefined, { level: 0, size: 20 })][3]).toMatchObject({ tissueFraction: 1 });
  });

  it('weighs mask pixels by the part that the patch covers', () => {
    const half = createMask(['#.'], { x: 8, y: 8 });
    const [patch] = planPatches(createSlide(16, 8), half, { level: 0, size: 8, stride: 4, tissueRule: 'any' });
    const shares = [...planPatches(createSlide(16, 8), half, { level: 0, size: 8, stride: 3, tissueThreshold: 0 })];
    expect(patch?.tissueFraction).toBe(1);
    expect(shares.map((p) => p.tissueFraction)).toEqual([1, 0.625, 0.25]);
  });

  it('counts what lies outside the slide as no tissue', () => {
    const all = createMask(['#'], 100);
    const patches = [
      ...planPatches(createSlide(100, 100), all, { level: 0, size: 80, edge: 'pad', tissueThreshold: 0 }),
    ];
    expect(patches.map((p) => p.tissueFraction)).toEqual([1, 0.25, 0.25, 0.0625]);
  });

  it('is a snapshot of the mask', () => {
    const own = createMask(['#'], 100);
    const made = planPatches(createSlide(100, 100), own, { level: 0, size: 50 });
    own.data.fill(0);
    expect(made.count()).toBe(4);
  });

  it('takes the mask of a tissue result, also where it found nothing', () => {
    expect(planPatches(slide, createTissue([], mask), { level: 0, size: 20, tissueRule: 'all' }).count()).toBe(1);
    expect(planPatches(slide, createTissue([]), { level: 0, size: 20, tissueRule: 'polygon' }).count()).toBe(0);
    expect(planPatches(slide, createTissue([]), { level: 0, size: 20, origin: 'contour' }).candidates).toBe(0);
  });
});

describe('tissue rules of the polygons', () => {
  const slide = createSlide(80, 40);
  const tissue = createTissue([createRectangle(14, 0, 40, 20), createRectangle(55, 33, 60, 40)]);
  const plan = (options: object) => corners(planPatches(slide, tissue, { level: 0, size: 20, ...options }));

  it.each([
    [
      'four-pt',
      [
        [0, 0],
        [20, 0],
        [40, 20],
      ],
    ],
    ['four-pt-hard', [[20, 0]]],
    [
      'corner',
      [
        [20, 0],
        [40, 0],
        [20, 20],
        [40, 20],
      ]
        .slice(0, 1)
        .concat([
          [40, 0],
          [20, 20],
          [40, 20],
        ]),
    ],
  ])('%s', (tissueRule, expected) => {
    expect(plan({ tissueRule })).toEqual(expected);
  });

  it('polygon: by share of the area, and by touching at 0', () => {
    expect(plan({ tissueRule: 'polygon', tissueThreshold: 0.3 })).toEqual([
      [0, 0],
      [20, 0],
    ]);
    expect(plan({ tissueRule: 'polygon', tissueThreshold: 0.31 })).toEqual([[20, 0]]);
    expect(plan({ tissueRule: 'polygon', tissueThreshold: 0 })).toEqual([
      [0, 0],
      [20, 0],
      [40, 0],
      [0, 20],
      [20, 20],
      [40, 20],
      [60, 20],
    ]);
  });

  it('leaves out patches whose centre lies in a hole', () => {
    const { exterior } = createRectangle(0, 0, 80, 40);
    const holed = createTissue([{ exterior, holes: [createRectangle(25, 5, 35, 15).exterior] }]);
    const kept = corners(planPatches(slide, holed, { level: 0, size: 20, tissueRule: 'four-pt-hard' }));
    expect(kept).toHaveLength(7);
    expect(kept).not.toContainEqual([20, 0]);
  });
});

describe('origin contour', () => {
  it('begins at each bounding box, contour by contour, column by column', () => {
    const tissue = createTissue([createRectangle(35, 12, 70, 40), createRectangle(0, 0, 10, 10)]);
    const plan = planPatches(createSlide(80, 60), tissue, { level: 0, size: 20, origin: 'contour', tissueRule: 'any' });
    expect(corners(plan)).toEqual([
      [35, 12],
      [35, 32],
      [55, 12],
      [55, 32],
      [0, 0],
    ]);
    expect(plan.candidates).toBe(5);
  });

  it('keeps to the slide as its edge mode says', () => {
    const tissue = createTissue([createRectangle(50, 30, 80, 60)]);
    const at = (edge: 'drop' | 'pad' | 'shift') =>
      corners(
        planPatches(createSlide(80, 60), tissue, { level: 0, size: 20, origin: 'contour', edge, tissueRule: 'any' }),
      );
    expect(at('drop')).toEqual([[50, 30]]);
    expect(at('pad')).toEqual([
      [50, 30],
      [50, 50],
      [70, 30],
      [70, 50],
    ]);
    expect(at('shift')).toEqual([
      [50, 30],
      [50, 40],
      [60, 30],
      [60, 40],
    ]);
  });
});

describe('a plan', () => {
  it('can be iterated again and again, also in parallel', () => {
    const plan = planPatches(createSlide(1000, 1000), undefined, { level: 0, size: 100 });
    const [a, b] = [plan[Symbol.iterator](), plan[Symbol.iterator]()];
    a.next();
    expect(b.next().value).toMatchObject({ index: 0, x: 0 });
    expect([...plan]).toEqual([...plan]);
  });

  it('says by which options it was made', () => {
    expect(planPatches(createSlide(1000, 1000, { mpp: 0.5 }), undefined, { overlap: 12 }).options).toEqual({
      size: 512,
      mpp: 0.5,
      mppTolerance: 0.005,
      fastDownsample: false,
      level: undefined,
      stride: 500,
      grid: 'native',
      origin: 'slide',
      edge: 'drop',
      tissueRule: 'fraction',
      tissueThreshold: 0.1,
      roi: undefined,
    });
  });
});

describe('a level close to the asked pixel size', () => {
  const slide = createSlide(4000, 4000, { mpp: 0.499 });

  it('is cut as it is, and the plan says its own pixel size', () => {
    const { geometry } = planPatches(slide, undefined, { mpp: 0.5, size: 100 });
    expect(geometry).toMatchObject({ downsample: { x: 1, y: 1 }, span: { x: 100, y: 100 }, mpp: 0.499 });
  });

  it('is resampled when it is farther off than the tolerance', () => {
    const { geometry } = planPatches(slide, undefined, { mpp: 0.5, size: 100, mppTolerance: 0 });
    expect(geometry.downsample.x).toBeCloseTo(0.5 / 0.499, 12);
    expect(geometry.mpp).toBe(0.5);
    expect(planPatches(slide, undefined, { mpp: 0.503, size: 100 }).geometry.mpp).toBe(0.503);
  });
});
