import { PARTS } from '../parts.ts';
import { activePane } from '../state/page-state.ts';
import { SlideFactsSection } from './slide-facts.tsx';

/** Sections of the parts, and what is known of the slide: of the pane in use. */
export function SidePanel() {
  const pane = activePane.value;
  return (
    <aside class="panel" aria-label="Layers and facts">
      {pane &&
        PARTS.flatMap(({ panels = [] }) => panels).map(({ name, title, content: Content, closed }) => (
          <details key={name} class="section" data-section={name} open={!closed}>
            <summary>{title}</summary>
            <Content pane={pane} />
          </details>
        ))}
      {pane && <SlideFactsSection pane={pane} />}
    </aside>
  );
}
