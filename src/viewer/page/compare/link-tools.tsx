import { route } from '../state/location.ts';
import { firstPane, secondPane } from '../state/page-state.ts';
import { linked, resetLink, swapPanes, toggleLink } from './compare-state.ts';
import { isMeasured } from './slide-link.ts';

/** How two slides hold together: lies over both. */
export function LinkTools() {
  const [first, second] = [firstPane.value, secondPane.value];
  const measured = first?.facts.id === second?.facts.id || !first || !second || isMeasured(first.facts, second.facts);
  return (
    <fieldset class="link-tools">
      <legend class="visually-hidden">Both slides</legend>
      <button
        type="button"
        aria-pressed={linked.value}
        title={measured ? 'Move together, by microns (l)' : 'Move together, by pixels: one has no pixel size (l)'}
        onClick={toggleLink}
      >
        {measured ? 'Linked' : 'Linked by pixels'}
      </button>
      {route.value.params['shift'] && (
        <button type="button" title="Middle on middle again" onClick={resetLink}>
          Recentre
        </button>
      )}
      <button type="button" title="Exchange the two (x)" onClick={swapPanes}>
        Swap
      </button>
    </fieldset>
  );
}
