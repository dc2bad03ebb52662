import { useSignal } from '@preact/signals';
import { useLayoutEffect, useRef } from 'preact/hooks';
import { describeError } from '../data/describe-error.ts';
import { loadSlide } from '../data/load-slide.ts';
import { PARTS } from '../parts.ts';
import { arrivals } from '../state/location.ts';
import { activePane, paneSpecs, panes } from '../state/page-state.ts';
import { createPane } from './create-pane.ts';
import type { Pane, PaneSpec } from './pane.ts';
import { ScaleBar } from './scale-bar.tsx';

/** One slide: its canvas, and what parts lay over it. */
export function SlidePane({ spec, onOpen }: { spec: PaneSpec; onOpen: (pane: Pane) => void }) {
  const holder = useRef<HTMLDivElement>(null);
  const open = useSignal<Pane | null>(null);
  const problem = useSignal<string | null>(null);
  const tries = useSignal(0);
  // Not after the first picture of the empty page.
  useLayoutEffect(() => {
    const closing = new AbortController();
    const { signal } = closing;
    problem.value = null;
    openPane(spec, { element: holder.current, open, onOpen, signal }).catch((error: unknown) => {
      if (!signal.aborted) problem.value = describeError(error);
    });
    return () => closing.abort();
  }, [spec.slide, spec.view, tries.value]);
  const pane = open.value;
  return (
    <section
      class="pane"
      aria-label={spec.view === null ? `Slide ${spec.slide}` : `Slide ${spec.slide}, ${spec.view}`}
      data-background={pane?.facts.background}
      data-active={pane !== null && activePane.value === pane}
      onPointerDown={() => activate(pane)}
      onPointerEnter={() => activate(pane)}
      onFocusCapture={() => activate(pane)}
    >
      <div class="pane-canvas" ref={holder} />
      {pane && (
        <div class="pane-overlay">
          <ScaleBar pane={pane} />
          {PARTS.map(({ name, overlay: Overlay }) => Overlay && <Overlay key={name} pane={pane} />)}
        </div>
      )}
      {!pane && problem.value === null && <p class="pane-wait">Opening {spec.slide} …</p>}
      {problem.value !== null && (
        <PaneProblem slide={spec.slide} text={problem.value} onRetry={() => (tries.value += 1)} />
      )}
    </section>
  );
}

function PaneProblem({ slide, text, onRetry }: { slide: string; text: string; onRetry: () => void }) {
  return (
    <div class="pane-wait" role="alert">
      <strong>{slide} can’t be opened</strong>
      <p>{text}</p>
      <button type="button" onClick={onRetry}>
        Try again
      </button>
    </div>
  );
}

function activate(pane: Pane | null): void {
  if (pane) activePane.value = pane;
}

/** Ends when `signal` says so. @throws FetchError and whatever opening throws */
async function openPane(
  spec: PaneSpec,
  at: { element: HTMLElement | null; open: { value: Pane | null }; onOpen: (pane: Pane) => void; signal: AbortSignal },
): Promise<void> {
  const { element, open, signal } = at;
  if (!element) return;
  const facts = await loadSlide(spec.slide);
  if (signal.aborted) return;
  const opened = createPane(element, { spec, facts });
  const { pane } = opened;
  const undo = PARTS.flatMap(({ attach }) => (attach ? [attach(pane)] : []));
  signal.addEventListener('abort', () => {
    for (const one of undo) one();
    panes.value = panes.peek().filter((one) => one !== pane);
    if (activePane.peek() === pane) activePane.value = panes.peek()[0] ?? null;
    opened[Symbol.dispose]();
  });
  // Before anybody sees it: the address is where it leads, not where the pane begins.
  at.onOpen(pane);
  open.value = pane;
  const order = paneSpecs.peek();
  panes.value = [...panes.peek(), pane].sort((a, b) => order.indexOf(a.spec) - order.indexOf(b.spec));
  activePane.value ??= pane;
  // Who came from the list by keyboard, or from another slide, would be nowhere.
  if (arrivals.peek() > 0 && document.activeElement === document.body) pane.viewer.canvas.focus();
}
