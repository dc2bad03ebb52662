import type { CohortFacts, CohortSlide } from '../../contract.ts';
import type { CohortQuery, CohortSort } from './cohort-query.ts';

/** `slide-2` before `slide-10`. */
const ORDER = new Intl.Collator(undefined, { numeric: true, sensitivity: 'base' });

/** The slides that the query leaves, in its order; those without a value come last either way. */
export function selectSlides({ slides }: Pick<CohortFacts, 'slides'>, query: CohortQuery): readonly CohortSlide[] {
  const words = query.text
    .toLowerCase()
    .split(/\s+/)
    .filter((word) => word !== '');
  const found = slides.filter((slide) => matches(slide, query) && hasWords(slide, words));
  return query.sort ? sortSlides(found, query.sort) : found;
}

function matches({ status, values }: CohortSlide, query: CohortQuery): boolean {
  if (query.status !== null && status !== query.status) return false;
  for (const [column, value] of Object.entries(query.is)) if (values[column] !== value) return false;
  for (const [column, { min, max }] of Object.entries(query.within)) {
    const value = values[column];
    if (typeof value !== 'number' || value < (min ?? -Infinity) || value > (max ?? Infinity)) return false;
  }
  return true;
}

function hasWords({ id, status, error, values }: CohortSlide, words: readonly string[]): boolean {
  if (words.length === 0) return true;
  const texts = Object.values(values).filter((value) => typeof value === 'string');
  const all = [id, status, error, ...texts].join('\n').toLowerCase();
  return words.every((word) => all.includes(word));
}

function sortSlides(slides: readonly CohortSlide[], { column, descending }: CohortSort): readonly CohortSlide[] {
  const keyed = slides.map((slide) => ({ slide, value: getValue(slide, column) }));
  const sign = descending ? -1 : 1;
  keyed.sort((a, b) => {
    if (a.value === null || b.value === null) return Number(a.value === null) - Number(b.value === null);
    return sign * compare(a.value, b.value);
  });
  return keyed.map(({ slide }) => slide);
}

function getValue({ id, status, values }: CohortSlide, column: string): string | number | null {
  if (column === 'slide') return id;
  return column === 'status' ? status : (values[column] ?? null);
}

function compare(a: string | number, b: string | number): number {
  return typeof a === 'number' && typeof b === 'number' ? a - b : ORDER.compare(String(a), String(b));
}
