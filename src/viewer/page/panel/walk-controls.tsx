import { useSignal, useSignalEffect } from '@preact/signals';
import { describeError } from '../data/describe-error.ts';
import type { PaneLayers } from '../layers/state/pane-layers.ts';
import type { Walk } from '../layers/state/selection.ts';
import { findOnWalk, getWalk, goOnWalk, stepOnWalk } from '../layers/state/walk-patches.ts';
import { notify } from '../state/notices.ts';
import { formatCount } from './format-number.ts';

/** Patches one after the other: in which order, which one, the next. All of it works without a pointer. */
export function WalkControls({ layers, walk }: { readonly layers: PaneLayers; readonly walk: Walk }) {
  const position = useSignal<number | null>(null);
  useSignalEffect(() => {
    const chosen = layers.selection.value;
    const current = getWalk(layers.views.value, layers.walk.value);
    if (current === null) return;
    findOnWalk(layers, current).then((found) => {
      if (layers.selection.peek() === chosen) position.value = found;
    }, tell);
  });
  const { facts } = walk;
  return (
    <fieldset class="walk">
      <legend class="visually-hidden">Patches of {facts.title}</legend>
      <OrderSelect layers={layers} walk={walk} />
      <div class="walk-steps">
        <Step layers={layers} by={-1} disabled={position.value === 0} />
        <label>
          <span class="visually-hidden">Number of the patch in this order</span>
          <input
            type="number"
            min={1}
            max={facts.count}
            value={position.value === null ? '' : position.value + 1}
            onChange={({ currentTarget: { valueAsNumber } }) => {
              if (Number.isFinite(valueAsNumber)) goOnWalk(layers, walk, Math.round(valueAsNumber) - 1).catch(tell);
            }}
          />
          <span class="quiet">of {formatCount(facts.count)}</span>
        </label>
        <Step layers={layers} by={1} disabled={position.value === facts.count - 1} />
      </div>
    </fieldset>
  );
}

function Step({
  layers,
  by,
  disabled,
}: {
  readonly layers: PaneLayers;
  readonly by: 1 | -1;
  readonly disabled: boolean;
}) {
  const label = by === 1 ? 'Next patch (.)' : 'Previous patch (,)';
  return (
    <button
      type="button"
      aria-label={label}
      title={label}
      disabled={disabled}
      onClick={() => stepOnWalk(layers, by).catch(tell)}
    >
      {by === 1 ? '›' : '‹'}
    </button>
  );
}

/** Layers of patches, and for each the orders it has. */
function OrderSelect({ layers, walk }: { readonly layers: PaneLayers; readonly walk: Walk }) {
  const walks = layers.views.value.flatMap((view) => (view.kind === 'patches' ? listWalks(view.facts) : []));
  const several = new Set(walks.map(({ facts }) => facts.name)).size > 1;
  const chosen = walks.findIndex((one) => nameWalk(one) === nameWalk(walk));
  return (
    <label class="field">
      <span>Order</span>
      <select
        value={chosen}
        onChange={({ currentTarget: { value } }) => {
          layers.walk.value = walks[Number(value)] ?? null;
        }}
      >
        {walks.map((one, index) => (
          <option key={nameWalk(one)} value={index}>
            {several ? `${one.facts.title}: ` : ''}
            {describeOrder(one)}
          </option>
        ))}
      </select>
    </label>
  );
}

function listWalks(facts: Walk['facts']): Walk[] {
  const columns = facts.columns.flatMap(({ range }, column) => (range === null ? [] : [column]));
  const byNumber = columns.flatMap((column): Walk[] => [
    { facts, column, order: 'descending' },
    { facts, column, order: 'ascending' },
  ]);
  return [{ facts, column: null, order: 'ascending' }, ...byNumber];
}

function nameWalk({ facts, column, order }: Walk): string {
  return `${facts.name} ${column} ${order}`;
}

function describeOrder({ facts, column, order }: Walk): string {
  if (column === null) return 'as in the table';
  return `${facts.columns[column]?.name}, ${order === 'descending' ? 'highest' : 'lowest'} first`;
}

function tell(error: unknown): void {
  notify('error', `The patches could not be read: ${describeError(error)}`, 'layer');
}
