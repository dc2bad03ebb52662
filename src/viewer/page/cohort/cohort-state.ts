import { computed, effect, signal } from '@preact/signals';
import type { CohortFacts } from '../../contract.ts';
import { fetchJson } from '../data/fetch-json.ts';
import { route, setParams } from '../state/location.ts';
import { notify } from '../state/notices.ts';
import { type CohortQuery, formatQuery, parseQuery } from './cohort-query.ts';
import { describeColumns } from './describe-columns.ts';
import { selectSlides } from './select-slides.ts';

/** Of the run that is shown; null until it is known. */
export const cohort = signal<CohortFacts | null>(null);

export const columns = computed(() => (cohort.value ? describeColumns(cohort.value) : []));

/** What the address of the list says; while a slide is shown, what it said last: the next slide is the next of the list. */
export const query = signal<CohortQuery>(parseQuery({}));
effect(() => {
  const { slide, params } = route.value;
  if (slide === null) query.value = parseQuery(params);
});

/** The slides that are listed, in their order. */
export const listedSlides = computed(() => (cohort.value ? selectSlides(cohort.value, query.value) : []));

/** Where the list was left: pixels scrolled past, and the slide that had the focus. */
export const listPlace: { top: number; slide: string | null } = { top: 0, slide: null };

export function changeQuery(changes: Partial<CohortQuery>): void {
  const before = formatQuery(query.peek());
  const now = formatQuery({ ...query.peek(), ...changes });
  const gone = Object.keys(before).filter((name) => !(name in now));
  setParams({ ...Object.fromEntries(gone.map((name) => [name, null])), ...now });
}

/** Asks for the list, which a run may have changed since; what is known is shown meanwhile. */
export async function loadCohort(): Promise<void> {
  try {
    cohort.value = await fetchJson<CohortFacts>('cohort.json');
  } catch (error) {
    notify('error', `The list of slides could not be loaded: ${String(error)}`, 'cohort');
  }
}
