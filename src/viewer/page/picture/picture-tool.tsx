import { useSignal } from '@preact/signals';
import type { Pane, Place } from '../pane/pane.ts';
import { TOOL, takeBox } from './picture-state.ts';

/** CSS pixels; what is smaller was a click. */
const LEAST = 6;

/** Lies over the pane while a region is chosen. */
export function PictureTool({ pane }: { readonly pane: Pane }) {
  return pane.tool.value === TOOL ? <RegionChooser pane={pane} /> : null;
}

function RegionChooser({ pane }: { readonly pane: Pane }) {
  const drag = useSignal<{ readonly from: Place; readonly to: Place } | null>(null);
  const locate = (event: PointerEvent): Place => {
    const { left, top } = pane.element.getBoundingClientRect();
    return { x: event.clientX - left, y: event.clientY - top };
  };
  const { from, to } = drag.value ?? {};
  return (
    <div
      class="region-chooser"
      onPointerDown={(event) => {
        event.currentTarget.setPointerCapture(event.pointerId);
        drag.value = { from: locate(event), to: locate(event) };
      }}
      onPointerMove={(event) => {
        if (drag.value) drag.value = { ...drag.value, to: locate(event) };
      }}
      onPointerCancel={() => {
        drag.value = null;
      }}
      onPointerUp={() => {
        const { from: start, to: end } = drag.value ?? {};
        drag.value = null;
        if (start && end && Math.abs(end.x - start.x) >= LEAST && Math.abs(end.y - start.y) >= LEAST)
          takeBox(pane, start, end);
      }}
    >
      <svg aria-hidden="true">
        {from && to && (
          <rect
            x={Math.min(from.x, to.x) + 0.5}
            y={Math.min(from.y, to.y) + 0.5}
            width={Math.abs(to.x - from.x)}
            height={Math.abs(to.y - from.y)}
          />
        )}
      </svg>
      <p class="hint">
        Drag a box, or <kbd>Enter</kbd> for all that is seen · <kbd>Esc</kbd> to stop
      </p>
    </div>
  );
}
