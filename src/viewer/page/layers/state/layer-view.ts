import type { LayerFacts, PatchLayerFacts, PictureLayerFacts, PolygonLayerFacts } from '../../../contract.ts';
import type { PatchStyle } from '../patches/patch-style.ts';

/** A layer and how it is shown. Never changed: what changes is another one in its place. */
export type LayerView = PictureView | PatchView | PolygonView;

interface Shown {
  readonly shown: boolean;
  /** 0 to 1. */
  readonly opacity: number;
}

export interface PictureView extends Shown {
  readonly kind: 'picture';
  readonly facts: PictureLayerFacts;
  /** Values of labels that are not shown. */
  readonly hidden: readonly number[];
}

export interface PatchView extends Shown {
  readonly kind: 'patches';
  readonly facts: PatchLayerFacts;
  readonly style: PatchStyle;
}

export interface PolygonView extends Shown {
  readonly kind: 'polygons';
  readonly facts: PolygonLayerFacts;
  /** Classes that are not shown, by position. */
  readonly hidden: readonly number[];
  readonly fill: boolean;
  readonly outline: boolean;
}

/** Of patches without numbers: blue that neither stain has. */
const PATCH_COLOR = [0, 114, 178] as const;
/** Of masks and other pictures that hide what lies below; heatmaps of slideloom are as strong as they were made. */
const PICTURE_OPACITY = 0.5;

/** As a layer is shown until somebody wants it otherwise. */
export function createLayerView(facts: LayerFacts): LayerView {
  const { shown } = facts;
  if (facts.kind === 'picture') {
    const opacity = facts.legend === null ? PICTURE_OPACITY : 1;
    return { kind: 'picture', facts, shown, opacity, hidden: [] };
  }
  if (facts.kind === 'polygons')
    return { kind: 'polygons', facts, shown, opacity: 1, hidden: [], fill: false, outline: true };
  const style = {
    column: null,
    scale: { map: 'viridis', range: [0, 1] },
    color: PATCH_COLOR,
    fill: true,
    outline: true,
  } as const;
  return chooseColumn({ kind: 'patches', facts, shown, opacity: 1, style }, facts.shownColumn);
}

/** Colours patches by a column, over all of its range; without one they have outlines alone. */
export function chooseColumn(view: PatchView, column: number | null): PatchView {
  const range = column === null ? null : (view.facts.columns[column]?.range ?? null);
  if (range === null) return { ...view, style: { ...view.style, column: null, fill: false, outline: true } };
  return { ...view, style: { ...view.style, column, fill: true, scale: { ...view.style.scale, range } } };
}

/** What was chosen for a layer holds for its next version too, where it still has what was chosen. */
export function renewLayerView(facts: LayerFacts, before: LayerView | undefined): LayerView {
  const fresh = createLayerView(facts);
  if (before === undefined || before.kind !== fresh.kind) return fresh;
  const { shown, opacity } = before;
  if (fresh.kind === 'polygons' && before.kind === 'polygons')
    return { ...fresh, shown, opacity, hidden: before.hidden, fill: before.fill, outline: before.outline };
  if (fresh.kind === 'picture' && before.kind === 'picture') return { ...fresh, shown, opacity, hidden: before.hidden };
  return { ...fresh, shown, opacity };
}
