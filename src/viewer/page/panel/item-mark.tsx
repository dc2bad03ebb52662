import { getPaneLayers } from '../layers/state/pane-layers.ts';
import type { Pane } from '../pane/pane.ts';

/** The outline of what is chosen, over the slide; of the same width at any zoom. It is hidden with all layers. */
export function ItemMark({ pane }: { readonly pane: Pane }) {
  const layers = getPaneLayers(pane);
  const chosen = layers?.selection.value;
  if (!chosen || layers.veiled.value) return null;
  const { box, rings } = chosen.outline;
  const { scale, rotation } = pane.sight.value;
  const { x, y } = pane.toElement({ x: box.left, y: box.top });
  const path = rings.map((ring) => tracePath(ring, box)).join('');
  return (
    <svg class="item-mark" aria-hidden="true">
      <g transform={`translate(${x} ${y}) rotate(${rotation}) scale(${scale})`}>
        <path class="item-halo" d={path} />
        <path class="item-line" d={path} />
      </g>
    </svg>
  );
}

/** Beside the box's corner: numbers stay small, however large the slide. */
function tracePath(ring: Float32Array, { left, top }: { readonly left: number; readonly top: number }): string {
  const points = Array.from(
    { length: ring.length / 2 },
    (_, i) => `${(ring[2 * i] ?? 0) - left} ${(ring[2 * i + 1] ?? 0) - top}`,
  );
  return `M${points.join('L')}Z`;
}
