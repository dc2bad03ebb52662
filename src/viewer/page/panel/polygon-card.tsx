import type { PolygonLayerFacts } from '../../contract.ts';
import { formatArea } from '../edit/measure-shape.ts';
import type { Selection } from '../layers/state/selection.ts';
import type { Pane } from '../pane/pane.ts';
import { Chip } from './color-bar.tsx';
import { formatCount } from './format-number.ts';
import { ItemPicture } from './item-picture.tsx';

interface PolygonCardProps {
  readonly pane: Pane;
  readonly facts: PolygonLayerFacts;
  readonly chosen: Selection;
}

/** A region: its picture, class and area. */
export function PolygonCard({ pane, facts, chosen }: PolygonCardProps) {
  const { outline, item } = chosen;
  const { box, area } = outline;
  const found = facts.classes[outline.class];
  return (
    <article class="card" aria-label={`Region ${item + 1}`}>
      <h3>
        {found && <Chip color={found.color} />} {found?.name ?? 'Region'} <span class="quiet">{facts.title}</span>
      </h3>
      <ItemPicture
        pane={pane}
        box={box}
        label={`Picture of the region at ${Math.round(box.left)}, ${Math.round(box.top)}`}
      />
      <table class="facts">
        <tbody>
          <Row name="Number" value={`${formatCount(item + 1)} of ${formatCount(facts.polygons)}`} />
          <Row name="Area" value={formatArea(area, pane.facts.mpp)} />
          <Row name="Left, top" value={`${Math.round(box.left)}, ${Math.round(box.top)}`} />
          <Row
            name="Width, height"
            value={`${Math.round(box.right - box.left)}, ${Math.round(box.bottom - box.top)}`}
          />
        </tbody>
      </table>
    </article>
  );
}

function Row({ name, value }: { readonly name: string; readonly value: string }) {
  return (
    <tr>
      <th scope="row">{name}</th>
      <td>{value}</td>
    </tr>
  );
}
