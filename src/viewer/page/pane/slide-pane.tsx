import { useSignal } from '@preact/signals';
import { useEffect, useRef } from 'preact/hooks';
import { loadSlide } from '../data/load-slide.ts';
import { PARTS } from '../parts.ts';
import { notify } from '../state/notices.ts';
import { activePane, paneSpecs, panes } from '../state/page-state.ts';
import { createPane } from './create-pane.ts';
import type { Pane, PaneSpec } from './pane.ts';
import { ScaleBar } from './scale-bar.tsx';

/** One slide: its canvas, and what parts lay over it. */
export function SlidePane({ spec, onOpen }: { spec: PaneSpec; onOpen: (pane: Pane) => void }) {
  const holder = useRef<HTMLDivElement>(null);
  const open = useSignal<Pane | null>(null);
  useEffect(() => {
    const closing = new AbortController();
    void openPane(spec, { element: holder.current, open, onOpen, signal: closing.signal });
    return () => closing.abort();
  }, [spec.slide, spec.view]);
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
      {!pane && <p class="pane-wait">Opening {spec.slide} …</p>}
    </section>
  );
}

function activate(pane: Pane | null): void {
  if (pane) activePane.value = pane;
}

/** Ends when `signal` says so. */
async function openPane(
  spec: PaneSpec,
  at: { element: HTMLElement | null; open: { value: Pane | null }; onOpen: (pane: Pane) => void; signal: AbortSignal },
): Promise<void> {
  const { element, open, signal } = at;
  if (!element) return;
  try {
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
  } catch (error) {
    if (!signal.aborted) notify('error', `The slide ${spec.slide} can't be opened: ${getText(error)}`);
  }
}

function getText(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
