import { getPaneLayers, type PaneLayers } from '../layers/state/pane-layers.ts';
import type { Pane } from '../pane/pane.ts';
import { LayerRow } from './layer-row.tsx';

/** All that lies over the slide, the highest first, and how it is shown. */
export function LayerPanel({ pane }: { readonly pane: Pane }) {
  const layers = getPaneLayers(pane);
  if (layers === undefined) return null;
  const views = layers.views.value;
  return (
    <>
      {views.length === 0 && <p class="quiet">Nothing lies over this slide.</p>}
      {views.length > 1 && (
        <p class="layer-veil">
          <button type="button" aria-pressed={layers.veiled.value} onClick={() => toggle(layers)}>
            Hide all
          </button>
        </p>
      )}
      <ul class="layers">
        {views.toReversed().map((view) => (
          <LayerRow key={view.facts.name} layers={layers} view={view} />
        ))}
      </ul>
      {layers.problems.value.map(({ name, title, message }) => (
        <p key={name} class="layer-problem">
          {title} can't be shown: {message}
        </p>
      ))}
    </>
  );
}

function toggle({ veiled }: PaneLayers): void {
  veiled.value = !veiled.peek();
}
