import { useComputed, useSignalEffect } from '@preact/signals';
import { useEffect } from 'preact/hooks';
import { choosePanes, getLayout } from '../compare/choose-panes.ts';
import type { Pane } from '../pane/pane.ts';
import { formatSight, parseSight } from '../pane/sight-link.ts';
import { SlidePane } from '../pane/slide-pane.tsx';
import { PARTS } from '../parts.ts';
import { arrivals, route, setParams } from '../state/location.ts';
import { firstPane, paneSpecs } from '../state/page-state.ts';
import { addShortcuts } from '../state/shortcuts.ts';
import { panelShown } from './panel-state.ts';
import { SidePanel } from './side-panel.tsx';
import { SLIDE_SHORTCUTS } from './slide-shortcuts.ts';
import { StatusBar } from './status-bar.tsx';

/** A slide, or two side by side. The first is that of the address. */
export function SlideScreen() {
  useSignalEffect(followRoute);
  useSignalEffect(followArrival);
  useSignalEffect(writeSight);
  useEffect(() => addShortcuts([...SLIDE_SHORTCUTS, ...PARTS.flatMap(({ shortcuts = [] }) => shortcuts)]), []);
  const layout = useComputed(() => getLayout(route.value));
  return (
    <main class="slide-screen" data-panel={panelShown.value}>
      <div class="panes" data-layout={layout}>
        {paneSpecs.value.map((spec, index) => (
          <SlidePane
            key={`${index} ${spec.slide} ${spec.view}`}
            spec={spec}
            onOpen={index === 0 ? showSight : ignore}
          />
        ))}
        {PARTS.map(({ name, stage: Stage }) => Stage && <Stage key={name} />)}
      </div>
      {panelShown.value && <SidePanel />}
      <StatusBar />
    </main>
  );
}

/** Opens what the address names; what is open already stays open. */
function followRoute(): void {
  const open = paneSpecs.peek();
  const wanted = choosePanes(route.value).map((spec, index) => {
    const own = open[index];
    return own?.slide === spec.slide && own.view === spec.view ? own : spec;
  });
  if (wanted.length !== open.length || wanted.some((spec, index) => spec !== open[index])) paneSpecs.value = wanted;
}

/** Goes where an address from outside leads. */
function followArrival(): void {
  const pane = firstPane.peek();
  if (arrivals.value > 0 && pane && pane.facts.id === route.peek().slide) showSight(pane);
}

function showSight(pane: Pane): void {
  pane.moveTo(parseSight(pane.facts, route.peek().params), true);
}

/** How long a slide stands still before its address is written, milliseconds. */
const STILL_MS = 150;

/** Keeps the address at what is seen. */
function writeSight(): (() => void) | undefined {
  const pane = firstPane.value;
  if (!pane) return undefined;
  const changes = formatSight(pane.facts, pane.sight.value);
  const timer = setTimeout(() => {
    if (route.peek().slide === pane.facts.id) setParams(changes);
  }, STILL_MS);
  return () => clearTimeout(timer);
}

function ignore(): void {}
