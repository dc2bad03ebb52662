import type { CohortSlide } from '../../contract.ts';
import { notify } from '../state/notices.ts';
import { formatRoute } from '../state/route.ts';
import { cohort, columns } from './cohort-state.ts';
import { formatNumber, type ShownColumn } from './describe-columns.ts';
import { NoThumbnail, Thumbnail } from './thumbnail.tsx';

/** A slide: its link is the row's place in the order of keys. */
export function CohortRow({
  slide,
  index,
  focusable,
  onFocus,
  onKeyDown,
}: {
  slide: CohortSlide;
  index: number;
  focusable: boolean;
  onFocus: () => void;
  onKeyDown: (event: KeyboardEvent) => void;
}) {
  const { id, status, error, values, missing } = slide;
  const hasStatus = cohort.value?.slides.some((one) => one.status !== null) ?? false;
  const keys = { class: 'cohort-slide', tabIndex: focusable ? 0 : -1, onFocus, onKeyDown };
  return (
    <tr data-row={index} aria-rowindex={index + 2}>
      <th scope="row">
        {missing ? (
          <button type="button" {...keys} onClick={() => notify('error', `${id} is not here: ${error}`, id)}>
            <NoThumbnail />
            <SlideName slide={slide} />
          </button>
        ) : (
          <a href={formatRoute({ slide: id, params: {} })} {...keys}>
            <Thumbnail id={id} />
            <SlideName slide={slide} />
          </a>
        )}
      </th>
      {hasStatus && (
        <td>{status !== null && <span class={`status-mark ${status === 'failed' ? 'bad' : ''}`}>{status}</span>}</td>
      )}
      {columns.value.map((column) => (
        <Value key={column.name} column={column} value={values[column.name] ?? null} />
      ))}
    </tr>
  );
}

function SlideName({ slide: { id, error } }: { slide: CohortSlide }) {
  return (
    <span class="cohort-name">
      <span title={id}>{id}</span>
      {error !== null && (
        <span class="cohort-error" title={error}>
          {error}
        </span>
      )}
    </span>
  );
}

function Value({ column, value }: { column: ShownColumn; value: string | number | null }) {
  if (value === null) return <td class={`${column.kind} quiet`}>–</td>;
  if (typeof value === 'string') return <td class="text">{value}</td>;
  const text = formatNumber(value, column.digits);
  if (!column.isShare) return <td class="number">{text}</td>;
  return (
    <td class="number share" style={{ '--share': value }}>
      {text}
    </td>
  );
}
