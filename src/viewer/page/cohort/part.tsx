import { useEffect } from 'preact/hooks';
import type { CohortSlide } from '../../contract.ts';
import type { PagePart } from '../part.ts';
import { navigate, route, slideId } from '../state/location.ts';
import { formatRoute } from '../state/route.ts';
import { formatQuery } from './cohort-query.ts';
import { cohort, listedSlides, loadCohort, query } from './cohort-state.ts';

/** From a slide to the next one of the list, as it was sorted and filtered; layers stay as they are shown. */
export const cohortPart: PagePart = {
  name: 'cohort',
  toolbar: ListSteps,
  shortcuts: [
    { keys: ['PageDown'], group: 'Slides', label: 'Next slide of the list', run: () => step(1) },
    { keys: ['PageUp'], group: 'Slides', label: 'Previous slide of the list', run: () => step(-1) },
    { keys: ['u'], group: 'Slides', label: 'Back to the list', run: () => navigate(null, formatQuery(query.peek())) },
  ],
};

function ListSteps() {
  useEffect(() => {
    if (cohort.peek() === null) void loadCohort();
  }, []);
  const slides = listOpenable();
  const at = slides.findIndex(({ id }) => id === slideId.value);
  if (slides.length < 2) return null;
  return (
    <nav class="list-steps" aria-label="Slides of the list">
      <button
        type="button"
        disabled={at <= 0}
        onClick={() => step(-1)}
        aria-label="Previous slide"
        title="Previous slide (PageUp)"
      >
        ‹
      </button>
      <a href={formatRoute({ slide: null, params: formatQuery(query.value) })} title="Back to the list (u)">
        {at < 0 ? `${slides.length} slides` : `${at + 1} of ${slides.length}`}
      </a>
      <button
        type="button"
        disabled={at < 0 || at === slides.length - 1}
        onClick={() => step(1)}
        aria-label="Next slide"
        title="Next slide (PageDown)"
      >
        ›
      </button>
    </nav>
  );
}

function step(by: 1 | -1): void {
  const slides = listOpenable();
  const at = slides.findIndex(({ id }) => id === slideId.peek());
  const next = at < 0 ? undefined : slides[at + by];
  const { layers } = route.peek().params;
  if (next) navigate(next.id, layers === undefined ? {} : { layers });
}

function listOpenable(): readonly CohortSlide[] {
  return listedSlides.value.filter(({ missing }) => !missing);
}
