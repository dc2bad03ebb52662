import { useComputed, useSignal } from '@preact/signals';
import { useEffect, useLayoutEffect, useRef } from 'preact/hooks';
import { CohortHead } from './cohort-head.tsx';
import { CohortRow } from './cohort-row.tsx';
import { listedSlides, listPlace } from './cohort-state.ts';
import { moveBetweenRows } from './row-keys.ts';
import { findVisibleRows } from './visible-rows.ts';

/** As in cohort.css. Pixels. */
const ROW_HEIGHT = 64;
const HEAD_HEIGHT = 36;

/** The listed slides; of thousands only the rows that are seen are drawn. */
export function CohortTable() {
  const frame = useRef<HTMLDivElement>(null);
  const top = useSignal(listPlace.top);
  const height = useSignal(0);
  const current = useSignal(listPlace.slide);
  useLayoutEffect(() => {
    const { current: element } = frame;
    if (!element) return;
    element.scrollTop = listPlace.top;
    const observer = new ResizeObserver(() => {
      height.value = element.clientHeight;
    });
    observer.observe(element);
    return () => observer.disconnect();
  }, []);
  useEffect(() => () => Object.assign(listPlace, { top: top.peek(), slide: current.peek() }), []);
  const slides = listedSlides.value;
  const rows = useComputed(() =>
    findVisibleRows({ count: listedSlides.value.length, rowHeight: ROW_HEIGHT, top: top.value, height: height.value }),
  ).value;
  const focusable = slides.some(({ id }) => id === current.value) ? current.value : (slides[0]?.id ?? null);
  const onKeyDown = (event: KeyboardEvent) =>
    moveBetweenRows(event, { frame: frame.current, rowHeight: ROW_HEIGHT, head: HEAD_HEIGHT, slides, top, current });
  return (
    <div
      ref={frame}
      class="cohort-frame"
      onScroll={({ currentTarget }) => {
        top.value = currentTarget.scrollTop;
      }}
    >
      <div style={{ height: `${HEAD_HEIGHT + slides.length * ROW_HEIGHT}px`, paddingTop: `${rows.above}px` }}>
        <table class="cohort-table" aria-label="Slides" aria-rowcount={slides.length + 1}>
          <CohortHead />
          <tbody>
            {slides.slice(rows.first, rows.end).map((slide, index) => (
              <CohortRow
                key={slide.id}
                slide={slide}
                index={rows.first + index}
                focusable={slide.id === focusable}
                onKeyDown={onKeyDown}
                onFocus={() => {
                  current.value = slide.id;
                }}
              />
            ))}
          </tbody>
        </table>
      </div>
      {slides.length === 0 && <p class="cohort-wait quiet">No slide is like that.</p>}
    </div>
  );
}
