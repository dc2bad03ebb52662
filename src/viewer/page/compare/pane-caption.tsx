import { useEffect } from 'preact/hooks';
import type { Pane } from '../pane/pane.ts';
import { secondPane } from '../state/page-state.ts';
import { chooseView, getViewTitle, waiting } from './choose-view.ts';
import { chooseSlide, layout, loadSlideIds, slideIds } from './compare-state.ts';

/** Which slide a pane shows, and in which colours: nothing where there is no choice. */
export function PaneCaption({ pane }: { pane: Pane }) {
  const { facts, spec } = pane;
  const { id, views } = facts;
  const compared = layout.value !== 'single';
  if (!compared && views.length === 0) return null;
  const second = pane === secondPane.value;
  return (
    <div class="pane-caption" data-second={second}>
      {compared && (second ? <SlideChoice id={id} /> : <strong title={id}>{id}</strong>)}
      {views.length > 0 && (
        <select
          aria-label={`Colours of ${id}`}
          value={spec.view ?? ''}
          onChange={({ currentTarget }) => {
            const { value } = currentTarget;
            // Until it is known whether it can be shown, it is not.
            currentTarget.value = spec.view ?? '';
            void chooseView(pane, value === '' ? null : value);
          }}
        >
          {[null, ...views.map(({ name }) => name)].map((name) => (
            <option key={name} value={name ?? ''}>
              {getViewTitle(facts, name)}
            </option>
          ))}
        </select>
      )}
      {waiting.value.includes(id) && <span role="status">Finding its stains …</span>}
    </div>
  );
}

function SlideChoice({ id }: { id: string }) {
  useEffect(() => void loadSlideIds(), []);
  const known = slideIds.value;
  return (
    <select
      aria-label="Slide to compare with"
      value={id}
      onChange={({ currentTarget }) => chooseSlide(currentTarget.value)}
    >
      {(known.includes(id) ? known : [id, ...known]).map((one) => (
        <option key={one} value={one}>
          {one}
        </option>
      ))}
    </select>
  );
}
