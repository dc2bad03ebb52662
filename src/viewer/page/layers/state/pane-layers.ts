import { batch, effect, type ReadonlySignal, type Signal, signal } from '@preact/signals';
import type { LayerList, LayerProblem } from '../../../contract.ts';
import { getSlideAddress } from '../../data/addresses.ts';
import { describeError } from '../../data/describe-error.ts';
import { fetchJson } from '../../data/fetch-json.ts';
import type { Pane } from '../../pane/pane.ts';
import { arrivals, route, setParams } from '../../state/location.ts';
import { notify } from '../../state/notices.ts';
import { paneSpecs } from '../../state/page-state.ts';
import { applyLayers, formatLayers } from './layer-link.ts';
import { createLayerView, type LayerView, renewLayerView } from './layer-view.ts';
import type { Selection, Walk } from './selection.ts';

/** What lies over the slide of a pane. */
export interface PaneLayers {
  readonly pane: Pane;
  /** The lowest first. */
  readonly views: ReadonlySignal<readonly LayerView[]>;
  readonly problems: ReadonlySignal<readonly LayerProblem[]>;
  /** By name of the layer; nothing is said of one that has not been shown yet. */
  readonly states: Signal<Readonly<Record<string, LayerState>>>;
  /** The slide alone is seen, whatever is switched on. */
  readonly veiled: Signal<boolean>;
  /** The patch or polygon that was chosen. */
  readonly selection: Signal<Selection | null>;
  /** In which order one goes from patch to patch. */
  readonly walk: Signal<Walk | null>;
  /** Puts another view in the place of one. */
  change(view: LayerView): void;
  /** Moves a layer up (1) or down (-1) among the others. */
  move(view: LayerView, by: 1 | -1): void;
  /** Asks the server again what lies over the slide; what was chosen stays. */
  reload(): Promise<void>;
}

export type LayerState = 'loading' | 'ready' | { readonly error: string };

const OPEN = new WeakMap<Pane, PaneLayers>();

/** Undefined before the pane is attached. */
export function getPaneLayers(pane: Pane): PaneLayers | undefined {
  return OPEN.get(pane);
}

/** @returns the layers, which are empty until the server has said what there is, and what ends them */
export function openPaneLayers(pane: Pane): { readonly layers: PaneLayers; readonly close: () => void } {
  const views = signal<readonly LayerView[]>([]);
  const problems = signal<readonly LayerProblem[]>([]);
  const originals = signal<readonly LayerView[] | null>(null);
  const selection = signal<Selection | null>(null);
  const load = async (): Promise<void> => {
    const list = await fetchJson<LayerList>(getSlideAddress(pane.facts.id, 'layers.json'));
    const before = new Map(views.peek().map((view) => [view.facts.name, view]));
    const first = originals.peek() === null;
    const fresh = list.layers.map((facts) => {
      const view = renewLayerView(facts, before.get(facts.name));
      // What comes while one looks is what one has just saved.
      return first || before.has(facts.name) ? view : { ...view, shown: true };
    });
    const link = isAddressed(pane) ? route.peek().params['layers'] : undefined;
    batch(() => {
      views.value = first ? applyLayers(fresh, link) : keepOrder(fresh, [...before.keys()]);
      originals.value = list.layers.map(createLayerView);
      problems.value = list.problems;
      // Positions in files of another version may be of other patches.
      const kept = selection.peek();
      if (!list.layers.some(({ name, version }) => name === kept?.facts.name && version === kept.facts.version))
        selection.value = null;
    });
  };
  const reload = () =>
    load().catch((error: unknown) =>
      notify('error', `What lies over ${pane.facts.id} could not be loaded: ${describeError(error)}`),
    );
  const layers: PaneLayers = {
    ...{ pane, views, problems, selection, reload },
    states: signal({}),
    veiled: signal(false),
    walk: signal(null),
    change: (view) => {
      views.value = views.peek().map((one) => (one.facts.name === view.facts.name ? view : one));
    },
    move: (view, by) => {
      views.value = moveItem(views.peek(), views.peek().indexOf(view), by);
    },
  };
  OPEN.set(pane, layers);
  const unlink = linkLayers(pane, views, originals);
  void reload();
  return { layers, close: unlink };
}

/** Keeps the address at what is shown, and follows one that comes from outside. */
function linkLayers(
  pane: Pane,
  views: Signal<readonly LayerView[]>,
  originals: ReadonlySignal<readonly LayerView[] | null>,
): () => void {
  const seen = { arrivals: arrivals.peek() };
  const ends = [
    effect(() => {
      if (originals.value === null || !isAddressed(pane)) return;
      setParams({ layers: formatLayers(views.value, originals.value) });
    }),
    effect(() => {
      if (arrivals.value === seen.arrivals) return;
      seen.arrivals = arrivals.value;
      if (isAddressed(pane)) views.value = applyLayers(originals.peek() ?? [], route.peek().params['layers']);
    }),
  ];
  return () => {
    for (const end of ends) end();
  };
}

/** Whether the address speaks of this pane: of two it is the first. */
function isAddressed(pane: Pane): boolean {
  return paneSpecs.peek()[0] === pane.spec && route.peek().slide === pane.facts.id;
}

/** In the order of `names`; what is new lies above. */
function keepOrder(views: readonly LayerView[], names: readonly string[]): readonly LayerView[] {
  const rank = ({ facts }: LayerView) => (names.includes(facts.name) ? names.indexOf(facts.name) : names.length);
  return names.length === 0 ? views : [...views].sort((a, b) => rank(a) - rank(b));
}

function moveItem<T>(list: readonly T[], from: number, by: number): readonly T[] {
  const to = from + by;
  const [one, other] = [list[from], list[to]];
  if (one === undefined || other === undefined) return list;
  return list.map((item, index) => (index === from ? other : index === to ? one : item));
}
