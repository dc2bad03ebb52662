import type { CohortSort } from './cohort-query.ts';
import { changeQuery, cohort, columns, query } from './cohort-state.ts';

/** Names of columns; each sorts. */
export function CohortHead() {
  const hasStatus = cohort.value?.slides.some(({ status }) => status !== null) ?? false;
  return (
    <thead>
      <tr aria-rowindex={1}>
        <SortableHead column="slide" title="Slide" kind="text" />
        {hasStatus && <SortableHead column="status" title="Status" kind="text" />}
        {columns.value.map(({ name, title, kind }) => (
          <SortableHead key={name} column={name} title={title} kind={kind} />
        ))}
      </tr>
    </thead>
  );
}

function SortableHead({ column, title, kind }: { column: string; title: string; kind: 'text' | 'number' }) {
  const { sort } = query.value;
  const own = sort?.column === column ? sort : null;
  const order = own === null ? 'none' : own.descending ? 'descending' : 'ascending';
  return (
    <th scope="col" class={kind} aria-sort={order}>
      <button type="button" onClick={() => changeQuery({ sort: nextSort(column, own, kind) })}>
        {title}
        <span class="cohort-arrow" aria-hidden="true">
          {own === null ? '↕' : own.descending ? '↓' : '↑'}
        </span>
      </button>
    </th>
  );
}

/** Texts from A, numbers from the greatest; then the other way; then as the run has them. */
function nextSort(column: string, own: CohortSort | null, kind: 'text' | 'number'): CohortSort | null {
  const first = kind === 'number';
  if (own === null) return { column, descending: first };
  return own.descending === first ? { column, descending: !first } : null;
}
