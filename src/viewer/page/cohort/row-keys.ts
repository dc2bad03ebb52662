import type { Signal } from '@preact/signals';
import type { CohortSlide } from '../../contract.ts';
import { scrollToRow } from './visible-rows.ts';

export interface RowList {
  /** What scrolls. */
  readonly frame: HTMLElement | null;
  readonly rowHeight: number;
  readonly head: number;
  readonly slides: readonly CohortSlide[];
  /** How far it is scrolled. */
  readonly top: Signal<number>;
  /** Slide of the row that has, or had, the focus. */
  readonly current: Signal<string | null>;
}

/** Frames until the row must have been drawn. */
const TRIES = 60;

/** The row links that keys lead to: arrows, a page, both ends. */
export function moveBetweenRows(event: KeyboardEvent, list: RowList): void {
  const { frame, rowHeight, slides, current } = list;
  if (!frame || event.ctrlKey || event.metaKey || event.altKey || slides.length === 0) return;
  const at = Math.max(
    0,
    slides.findIndex(({ id }) => id === current.value),
  );
  const page = Math.max(1, Math.floor(frame.clientHeight / rowHeight) - 1);
  const steps: Readonly<Record<string, number>> = {
    ArrowDown: at + 1,
    ArrowUp: at - 1,
    PageDown: at + page,
    PageUp: at - page,
    Home: 0,
    End: slides.length - 1,
  };
  const wanted = steps[event.key];
  if (wanted === undefined) return;
  event.preventDefault();
  focusRow(Math.max(0, Math.min(slides.length - 1, wanted)), list);
}

/** Scrolls there first: a row that is not seen is not drawn. */
function focusRow(row: number, { frame, rowHeight, head, slides, top, current }: RowList): void {
  if (!frame) return;
  frame.scrollTop = scrollToRow(row, { rowHeight, head, top: frame.scrollTop, height: frame.clientHeight });
  top.value = frame.scrollTop;
  current.value = slides[row]?.id ?? null;
  const focus = (tries: number) => {
    const link = frame.querySelector<HTMLElement>(`[data-row="${row}"] .cohort-slide`);
    if (link) link.focus({ preventScroll: true });
    else if (tries > 0) requestAnimationFrame(() => focus(tries - 1));
  };
  focus(TRIES);
}
