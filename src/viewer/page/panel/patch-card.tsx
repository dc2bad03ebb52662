import { useSignal } from '@preact/signals';
import { useEffect } from 'preact/hooks';
import type { PatchLayerFacts } from '../../contract.ts';
import { loadPatchRow, type PatchRow } from '../layers/state/load-patch-row.ts';
import type { Selection } from '../layers/state/selection.ts';
import type { Pane } from '../pane/pane.ts';
import { formatCount } from './format-number.ts';
import { ItemPicture } from './item-picture.tsx';

interface PatchCardProps {
  readonly pane: Pane;
  readonly facts: PatchLayerFacts;
  readonly chosen: Selection;
}

/** A patch: its picture, and its row of the table. */
export function PatchCard({ pane, facts, chosen }: PatchCardProps) {
  const row = useSignal<PatchRow | string | null>(null);
  useEffect(() => {
    let current = true;
    const set = (value: PatchRow | string) => {
      if (current) row.value = value;
    };
    row.value = null;
    loadPatchRow(pane.facts.id, facts, chosen.item).then(set, (error: unknown) =>
      set(`Its row could not be read: ${error}`),
    );
    return () => {
      current = false;
    };
  }, [facts.name, facts.version, chosen.item]);
  const { box } = chosen.outline;
  return (
    <article class="card" aria-label={`Patch ${chosen.item + 1}`}>
      <h3>
        Patch {formatCount(chosen.item + 1)} <span class="quiet">{facts.title}</span>
      </h3>
      <ItemPicture
        pane={pane}
        box={box}
        label={`Picture of the patch at ${Math.round(box.left)}, ${Math.round(box.top)}`}
      />
      {typeof row.value === 'string' && <p class="layer-problem">{row.value}</p>}
      {typeof row.value === 'object' && row.value && (
        <table class="facts">
          <tbody>
            {row.value.map(([name, value]) => (
              <tr key={name}>
                <th scope="row">{name}</th>
                <td>{value}</td>
              </tr>
            ))}
          </tbody>
        </table>
      )}
    </article>
  );
}
