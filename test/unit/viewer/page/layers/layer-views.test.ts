import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { LayerFacts, PatchLayerFacts } from '../../../../../src/viewer/contract.ts';
import { hideColors } from '../../../../../src/viewer/page/layers/kernels/hide-colors.ts';
import { createVectorGrid, getTileFrame } from '../../../../../src/viewer/page/layers/pictures/vector-grid.ts';
import { applyLayers, formatLayers } from '../../../../../src/viewer/page/layers/state/layer-link.ts';
import {
  chooseColumn,
  createLayerView,
  type LayerView,
  renewLayerView,
} from '../../../../../src/viewer/page/layers/state/layer-view.ts';

const COMMON = { version: '1', notices: [] };
const PATCHES: PatchLayerFacts = {
  ...COMMON,
  ...{ kind: 'patches', name: 'patches', title: 'Patches', shown: true, count: 5, chunk: 10, shownColumn: 0 },
  columns: [
    { name: 'tissue', range: [0.1, 1] },
    { name: 'empty', range: null },
    { name: 'score', range: [-3, 7] },
  ],
};
const FACTS: readonly LayerFacts[] = [
  PATCHES,
  {
    ...COMMON,
    ...{ kind: 'picture', name: 'heat:map,1%', title: 'Heatmap', shown: false, width: 10, height: 10 },
    ...{ downsample: { x: 8, y: 8 }, tileSize: 256, levels: 4, labels: [], legend: null },
  },
  {
    ...COMMON,
    ...{ kind: 'polygons', name: 'tissue', title: 'Tissue', shown: true, polygons: 1, points: 4, drawn: false },
    classes: [{ name: 'Tissue', color: [1, 2, 3], count: 1 }],
  },
];
const OWN = FACTS.map(createLayerView);

/** What a link keeps of views. */
function listShown(views: readonly LayerView[]) {
  return views
    .filter((view) => view.shown)
    .map((view) => [view.facts.name, view.opacity, view.kind === 'patches' ? view.style.column : null]);
}

describe('the deep link of layers', () => {
  it('says nothing of layers as they are, and names what is shown otherwise', () => {
    expect(formatLayers(OWN, OWN)).toBeNull();
    const hidden = OWN.map((view) => ({ ...view, shown: false }));
    expect(formatLayers(hidden, OWN)).toBe('none');
    const heat = OWN.map((view) => ({ ...view, shown: view.kind === 'picture', opacity: 0.25 }));
    expect(formatLayers(heat, OWN)).toBe('heat%3Amap%2C1%25:25');
  });

  it('brings back what was shown: layers, their order, opacity and column', () => {
    const look = fc.record({
      shown: fc.boolean(),
      percent: fc.integer({ min: 0, max: 100 }),
      column: fc.constantFrom(null, 0, 2),
    });
    fc.assert(
      fc.property(fc.array(look, { minLength: 3, maxLength: 3 }), fc.boolean(), (looks, turned) => {
        const views = OWN.map((view, i): LayerView => {
          const { shown = false, percent = 0, column = null } = looks[i] ?? {};
          const seen = { ...view, shown, opacity: percent / 100 };
          return seen.kind === 'patches' ? chooseColumn(seen, column) : seen;
        });
        const ordered = turned ? views.toReversed() : views;
        const link = formatLayers(ordered, OWN);
        expect(listShown(applyLayers(OWN, link ?? undefined))).toEqual(listShown(ordered));
      }),
    );
  });

  it.each<[string, readonly unknown[]]>([
    ['tissue:900,nothing', [['tissue', 1, null]]],
    ['patches:50:99', [['patches', 0.5, null]]],
    ['patches::1', [['patches', 1, null]]],
    ['none', []],
    // As they are: a link of another slide, or none at all.
    ['%E0%A4,,:::', listShown(OWN)],
  ])('%s is read as far as it can be', (link, shown) => {
    expect(listShown(applyLayers(OWN, link))).toEqual(shown);
  });
});

describe('a layer that comes anew', () => {
  it('is shown as the one before it, with what it has now', () => {
    const before = OWN.map((view) => ({ ...view, shown: false, opacity: 0.3 }));
    const tissue = { ...FACTS[2], version: '2' } as LayerFacts;
    expect(renewLayerView(tissue, before[2])).toMatchObject({ shown: false, opacity: 0.3, facts: { version: '2' } });
    expect(renewLayerView(PATCHES, before[2])).toEqual(OWN[0]);
  });

  it('has a colour scale over the numbers of its column, and outlines where there are none', () => {
    const [patches] = OWN;
    if (patches?.kind !== 'patches') throw new Error('the first are patches');
    expect(patches.style).toMatchObject({ column: 0, fill: true, scale: { range: [0.1, 1] } });
    expect(chooseColumn(patches, 2).style.scale.range).toEqual([-3, 7]);
    expect(chooseColumn(patches, 1).style).toMatchObject({ column: null, fill: false, outline: true });
  });
});

describe('the grid of drawn layers', () => {
  it('covers the slide at every level, from a picture of at most 1024 pixels to 16 times the slide', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 300_000 }), fc.integer({ min: 1, max: 300_000 }), (width, height) => {
        const grid = createVectorGrid({ width, height });
        const coarsest = grid.downsamples[0] ?? 0;
        expect(Math.max(grid.width, grid.height) / coarsest).toBeLessThanOrEqual(1024);
        expect(grid.downsamples.at(-1)).toBe(1);
        const tiles = Math.ceil(grid.width / coarsest / grid.tileSize);
        const last = getTileFrame(grid, { level: 0, col: tiles - 1, row: 0 });
        expect(last.left).toBeLessThan(width);
        expect(last.left + last.size * last.downsample).toBeGreaterThanOrEqual(width);
        expect(getTileFrame(grid, { level: grid.downsamples.length - 1, col: 1, row: 0 })).toMatchObject({
          ...{ left: 32, downsample: 1 / 16 },
        });
      }),
    );
  });
});

describe('classes of a mask', () => {
  it('are hidden by their colours', () => {
    const rgba = Uint8ClampedArray.of(1, 2, 3, 255, 1, 2, 4, 255, 255, 0, 0, 200);
    hideColors(rgba, [
      [1, 2, 3],
      [255, 0, 0],
    ]);
    expect([...rgba]).toEqual([1, 2, 3, 0, 1, 2, 4, 255, 255, 0, 0, 0]);
  });
});
