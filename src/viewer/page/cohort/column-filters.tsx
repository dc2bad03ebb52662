import { type NumberRange, setEntry } from './cohort-query.ts';
import { changeQuery, columns, query } from './cohort-state.ts';
import { formatNumber, type ShownColumn } from './describe-columns.ts';

const NUMBERS = 'cohort-numbers';
const ANY: NumberRange = { min: null, max: null };

/** Texts to choose from stand in the bar; numbers, of which there may be many, behind a button. */
export function ColumnFilters() {
  const texts = columns.value.filter(({ choices }) => choices.length > 0);
  const numbers = columns.value.filter(({ range }) => range !== null && range[0] < range[1]);
  const limited = Object.keys(query.value.within).length;
  return (
    <>
      {texts.map((column) => (
        <TextFilter key={column.name} column={column} />
      ))}
      {numbers.length > 0 && (
        <>
          <button type="button" popoverTarget={NUMBERS} aria-pressed={limited > 0}>
            Numbers{limited > 0 && ` (${limited})`}
          </button>
          <fieldset
            id={NUMBERS}
            popover="auto"
            class="cohort-ranges"
            aria-label="Filter by numbers"
            onToggle={placeBelowButton}
          >
            {numbers.map((column) => (
              <RangeFilter key={column.name} column={column} />
            ))}
          </fieldset>
        </>
      )}
    </>
  );
}

function TextFilter({ column: { name, title, choices } }: { column: ShownColumn }) {
  return (
    <label class="cohort-choice">
      <span class="quiet">{title}</span>
      <select
        value={query.value.is[name] ?? ''}
        onChange={({ currentTarget: { value } }) =>
          changeQuery({ is: setEntry(query.peek().is, name, value === '' ? null : value) })
        }
      >
        <option value="">any</option>
        {choices.map((choice) => (
          <option key={choice} value={choice}>
            {choice}
          </option>
        ))}
      </select>
    </label>
  );
}

function RangeFilter({ column: { name, title, range, digits } }: { column: ShownColumn }) {
  const { min, max } = query.value.within[name] ?? ANY;
  const change = (changes: Partial<NumberRange>) => {
    const range = { min, max, ...changes };
    const none = range.min === null && range.max === null;
    changeQuery({ within: setEntry(query.peek().within, name, none ? null : range) });
  };
  const [least = 0, most = 0] = range ?? [];
  return (
    <fieldset class="cohort-range">
      <legend>{title}</legend>
      <NumberField
        label={`${title} from`}
        value={min}
        hint={formatNumber(least, digits)}
        onChange={(min) => change({ min })}
      />
      <span aria-hidden="true">–</span>
      <NumberField
        label={`${title} to`}
        value={max}
        hint={formatNumber(most, digits)}
        onChange={(max) => change({ max })}
      />
    </fieldset>
  );
}

function NumberField({
  label,
  value,
  hint,
  onChange,
}: {
  label: string;
  value: number | null;
  hint: string;
  onChange: (value: number | null) => void;
}) {
  return (
    <input
      type="number"
      step="any"
      aria-label={label}
      placeholder={hint}
      value={value ?? ''}
      onInput={({ currentTarget }) =>
        onChange(Number.isNaN(currentTarget.valueAsNumber) ? null : currentTarget.valueAsNumber)
      }
    />
  );
}

/** A popover lies above everything, and is placed by hand. */
function placeBelowButton({ currentTarget }: { currentTarget: HTMLElement }): void {
  const button = document.querySelector(`[popovertarget="${NUMBERS}"]`)?.getBoundingClientRect();
  if (!button) return;
  currentTarget.style.left = `${button.left}px`;
  currentTarget.style.top = `${button.bottom + 6}px`;
}
