import { useSignalEffect } from '@preact/signals';
import { useEffect, useRef } from 'preact/hooks';
import { announce } from '../state/notices.ts';
import { addShortcuts } from '../state/shortcuts.ts';
import { dropFilters, isFiltering } from './cohort-query.ts';
import { changeQuery, cohort, listedSlides, query } from './cohort-state.ts';
import { ColumnFilters } from './column-filters.tsx';

/** How long nothing is typed before the number of slides is said. */
const SAY_MS = 600;

/** Search, filters, and how many slides they leave. */
export function CohortTools() {
  const search = useRef<HTMLInputElement>(null);
  useEffect(
    () =>
      addShortcuts([
        { keys: ['/'], group: 'List of slides', label: 'Search', run: () => search.current?.focus() },
        {
          keys: ['Escape'],
          group: 'List of slides',
          label: 'Show all slides',
          run: () => changeQuery(dropFilters(query.peek())),
        },
      ]),
    [],
  );
  useSignalEffect(sayCount);
  return (
    <search class="cohort-tools">
      <input
        ref={search}
        class="cohort-search"
        type="search"
        aria-label="Search slides"
        placeholder="Search slides  ( / )"
        value={query.value.text}
        onInput={({ currentTarget }) => changeQuery({ text: currentTarget.value })}
      />
      <StatusFilter />
      <ColumnFilters />
      <span class="cohort-count quiet">{countSlides()}</span>
      {isFiltering(query.value) && (
        <button type="button" onClick={() => changeQuery(dropFilters(query.peek()))}>
          Show all
        </button>
      )}
    </search>
  );
}

/** By what became of slides in the run, where not all went well. */
function StatusFilter() {
  const counts = new Map<string, number>();
  for (const { status } of cohort.value?.slides ?? [])
    if (status !== null) counts.set(status, (counts.get(status) ?? 0) + 1);
  if (counts.size < 2) return null;
  const chosen = query.value.status;
  return (
    <fieldset class="segments">
      <legend class="visually-hidden">Status</legend>
      <button type="button" aria-pressed={chosen === null} onClick={() => changeQuery({ status: null })}>
        All
      </button>
      {[...counts].map(([status, count]) => (
        <button key={status} type="button" aria-pressed={chosen === status} onClick={() => changeQuery({ status })}>
          {status} <span class="quiet">{count}</span>
        </button>
      ))}
    </fieldset>
  );
}

function countSlides(): string {
  const all = cohort.value?.slides.length ?? 0;
  const shown = listedSlides.value.length;
  const slides = all === 1 ? 'slide' : 'slides';
  return shown === all ? `${all} ${slides}` : `${shown} of ${all} ${slides}`;
}

function sayCount(): () => void {
  const text = countSlides();
  const timer = setTimeout(() => announce(text), SAY_MS);
  return () => clearTimeout(timer);
}
