import type { CohortFacts } from '../../contract.ts';

/** A column as the table shows it. */
export interface ShownColumn {
  readonly name: string;
  /** For people. */
  readonly title: string;
  readonly kind: 'text' | 'number';
  /** What a text can be, where there are few: to choose from. */
  readonly choices: readonly string[];
  /** Of numbers, where any slide has one. */
  readonly range: readonly [number, number] | null;
  /** Numbers are shares of one: drawn as bars too. */
  readonly isShare: boolean;
  /** Behind the point. */
  readonly digits: number;
}

const MOST_CHOICES = 12;
/** Lengths and areas are no shares, however small. */
const MEASURE = /^mpp_|_(mm2|mm|um)$/;

/** Columns in which at least one slide has something. Those in which all have the same tell nothing apart: they come last. */
export function describeColumns({ columns, slides }: CohortFacts): readonly ShownColumn[] {
  const shown = columns.flatMap(({ name, kind }): ShownColumn[] => {
    const values = slides.flatMap(({ values }) => values[name] ?? []);
    if (values.length === 0) return [];
    const title = formatTitle(name);
    if (kind === 'text')
      return [{ name, title, kind, choices: listChoices(values), range: null, isShare: false, digits: 0 }];
    const numbers = values.filter((value) => typeof value === 'number');
    const described = describeNumbers(numbers);
    return [{ name, title, kind, choices: [], ...described, isShare: described.isShare && !MEASURE.test(name) }];
  });
  const isSame = ({ name }: ShownColumn) => new Set(slides.map(({ values }) => values[name] ?? null)).size === 1;
  const same = slides.length > 1 ? shown.filter(isSame) : [];
  return [...shown.filter((column) => !same.includes(column)), ...same];
}

/** `tissue_mm2` as `Tissue mm²`. */
function formatTitle(name: string): string {
  const words = name.replace(/^mpp_/, 'pixel µm ').replace(/mm2$/, 'mm²').replaceAll('_', ' ');
  return words.charAt(0).toUpperCase() + words.slice(1);
}

function listChoices(values: readonly unknown[]): string[] {
  const choices = new Set(values.map(String));
  return choices.size > 1 && choices.size <= MOST_CHOICES && choices.size < values.length ? [...choices].sort() : [];
}

function describeNumbers(numbers: readonly number[]): Pick<ShownColumn, 'range' | 'isShare' | 'digits'> {
  let [min, max] = [Infinity, -Infinity];
  let whole = true;
  for (const number of numbers) {
    min = Math.min(min, number);
    max = Math.max(max, number);
    whole &&= Number.isInteger(number);
  }
  if (numbers.length === 0) return { range: null, isShare: false, digits: 0 };
  const digits = whole ? 0 : chooseDigits(Math.max(Math.abs(min), Math.abs(max)));
  return { range: [min, max], isShare: !whole && min >= 0 && max <= 1, digits };
}

/** Four figures of the largest number, and no more than four behind the point. */
function chooseDigits(largest: number): number {
  const before = Math.max(1, Math.floor(Math.log10(Math.max(largest, 1))) + 1);
  return Math.max(0, Math.min(3, 4 - before));
}

export function formatNumber(value: number, digits: number): string {
  return value.toLocaleString('en', { minimumFractionDigits: digits, maximumFractionDigits: digits });
}
