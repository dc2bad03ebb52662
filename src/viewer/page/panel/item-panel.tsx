import { getPaneLayers } from '../layers/state/pane-layers.ts';
import { getWalk } from '../layers/state/walk-patches.ts';
import type { Pane } from '../pane/pane.ts';
import { PatchCard } from './patch-card.tsx';
import { PolygonCard } from './polygon-card.tsx';
import { WalkControls } from './walk-controls.tsx';

/** What is chosen, by a click or by going from patch to patch. Nothing where there are neither patches nor regions. */
export function ItemPanel({ pane }: { readonly pane: Pane }) {
  const layers = getPaneLayers(pane);
  if (layers === undefined) return null;
  const chosen = layers.selection.value;
  const walk = getWalk(layers.views.value, layers.walk.value);
  if (!layers.views.value.some((view) => view.kind !== 'picture')) return null;
  return (
    <div class="item">
      {walk && <WalkControls layers={layers} walk={walk} />}
      {chosen === null && <p class="quiet">Click a patch or a region of the slide.</p>}
      {chosen?.facts.kind === 'patches' && <PatchCard pane={pane} facts={chosen.facts} chosen={chosen} />}
      {chosen?.facts.kind === 'polygons' && <PolygonCard pane={pane} facts={chosen.facts} chosen={chosen} />}
      {chosen && (
        <button
          type="button"
          onClick={() => {
            layers.selection.value = null;
            // The button goes with it.
            pane.viewer.canvas.focus();
          }}
        >
          Clear
        </button>
      )}
    </div>
  );
}
