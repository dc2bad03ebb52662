import type { LayerView } from '../layers/state/layer-view.ts';
import type { PaneLayers } from '../layers/state/pane-layers.ts';
import { PatchControls } from './patch-controls.tsx';
import { PictureLegend } from './picture-legend.tsx';
import { PolygonControls } from './polygon-controls.tsx';

/** One layer: on or off, above or below others, how strong; what its colours mean. */
export function LayerRow({ layers, view }: { readonly layers: PaneLayers; readonly view: LayerView }) {
  const { facts, shown } = view;
  const views = layers.views.value;
  const state = layers.states.value[facts.name];
  const failed = typeof state === 'object' ? state.error : null;
  return (
    <li class="layer" data-layer={facts.name} data-state={failed === null ? state : 'failed'}>
      <div class="layer-head">
        <label>
          <input type="checkbox" checked={shown} onChange={() => layers.change({ ...view, shown: !shown })} />
          <span class="layer-title">{facts.title}</span>
        </label>
        <Mover layers={layers} view={view} by={1} disabled={views.at(-1) === view} />
        <Mover layers={layers} view={view} by={-1} disabled={views[0] === view} />
      </div>
      {shown && failed !== null && <p class="layer-problem">It can't be shown: {failed}</p>}
      {shown && (
        <div class="layer-body">
          <Opacity layers={layers} view={view} />
          {view.kind === 'picture' && <PictureLegend view={view} change={layers.change} />}
          {view.kind === 'patches' && <PatchControls view={view} change={layers.change} />}
          {view.kind === 'polygons' && <PolygonControls view={view} change={layers.change} />}
          {facts.notices.map((notice) => (
            <p key={notice} class="quiet">
              {notice}
            </p>
          ))}
        </div>
      )}
    </li>
  );
}

interface MoverProps {
  readonly layers: PaneLayers;
  readonly view: LayerView;
  readonly by: 1 | -1;
  readonly disabled: boolean;
}

function Mover({ layers, view, by, disabled }: MoverProps) {
  const where = by === 1 ? 'up' : 'down';
  const label = `Move ${view.facts.title} ${where}`;
  return (
    <button
      type="button"
      class="layer-mover"
      aria-label={label}
      title={label}
      disabled={disabled}
      onClick={() => layers.move(view, by)}
    >
      {by === 1 ? '↑' : '↓'}
    </button>
  );
}

function Opacity({ layers, view }: { readonly layers: PaneLayers; readonly view: LayerView }) {
  const percent = Math.round(view.opacity * 100);
  return (
    <label class="slider">
      <span>Opacity</span>
      <input
        type="range"
        min={0}
        max={100}
        value={percent}
        aria-label={`Opacity of ${view.facts.title}`}
        aria-valuetext={`${percent} percent`}
        onInput={({ currentTarget }) => layers.change({ ...view, opacity: currentTarget.valueAsNumber / 100 })}
      />
      <output aria-live="off">{percent} %</output>
    </label>
  );
}
