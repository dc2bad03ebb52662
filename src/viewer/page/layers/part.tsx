import { effect } from '@preact/signals';
import { describeError } from '../data/describe-error.ts';
import type { Pane } from '../pane/pane.ts';
import { ItemMark } from '../panel/item-mark.tsx';
import { ItemPanel } from '../panel/item-panel.tsx';
import { LayerPanel } from '../panel/layer-panel.tsx';
import type { PagePart } from '../part.ts';
import { drawingSaved } from '../state/drawing-saved.ts';
import { notify } from '../state/notices.ts';
import { activePane } from '../state/page-state.ts';
import { showLayers } from './pictures/show-layers.ts';
import { chooseAt } from './state/choose-item.ts';
import { getPaneLayers, openPaneLayers, type PaneLayers } from './state/pane-layers.ts';
import { stepOnWalk } from './state/walk-patches.ts';

/** What lies over a slide: pictures, patches and polygons; the panel that says how they are shown; what is chosen among them. */
export const layersPart: PagePart = {
  name: 'layers',
  attach: (pane) => {
    const { layers, close } = openPaneLayers(pane);
    const ends = [close, showLayers(layers), followClicks(pane, layers), followDrawings(layers)];
    return () => {
      for (const end of ends) end();
    };
  },
  panels: [
    { name: 'layers', title: 'Layers', content: LayerPanel },
    { name: 'item', title: 'Patch or region', content: ItemPanel },
  ],
  overlay: ItemMark,
  shortcuts: [
    { keys: ['.'], group: 'Layers', label: 'Next patch', run: () => use((layers) => stepOnWalk(layers, 1)) },
    { keys: [','], group: 'Layers', label: 'Previous patch', run: () => use((layers) => stepOnWalk(layers, -1)) },
    { keys: ['h'], group: 'Layers', label: 'Hide all layers, or show them again', run: () => use(toggleVeil) },
  ],
};

/** A click, not a drag, chooses what is under it; while a tool draws, the pointer is the tool's. */
function followClicks(pane: Pane, layers: PaneLayers): () => void {
  const choose = (event: {
    readonly quick?: boolean;
    readonly position: { readonly x: number; readonly y: number };
  }) => {
    if (!event.quick || pane.tool.peek() !== null) return;
    chooseAt(layers, pane.toSlide(event.position)).catch(tell);
  };
  pane.viewer.addHandler('canvas-click', choose);
  return () => pane.viewer.removeHandler('canvas-click', choose);
}

function followDrawings(layers: PaneLayers): () => void {
  let seen = drawingSaved.peek();
  return effect(() => {
    if (drawingSaved.value === seen) return;
    seen = drawingSaved.value;
    void layers.reload();
  });
}

function toggleVeil({ veiled }: PaneLayers): void {
  veiled.value = !veiled.peek();
}

function use(act: (layers: PaneLayers) => Promise<void> | void): void {
  const pane = activePane.peek();
  const layers = pane ? getPaneLayers(pane) : undefined;
  if (layers !== undefined) Promise.resolve(act(layers)).catch(tell);
}

function tell(error: unknown): void {
  notify('error', `The layer could not be read: ${describeError(error)}`, 'layer');
}
