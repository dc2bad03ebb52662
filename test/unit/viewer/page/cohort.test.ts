import { describe, expect, it } from 'vitest';
import type { CohortFacts, CohortSlide } from '../../../../src/viewer/contract.ts';
import {
  type CohortQuery,
  dropFilters,
  formatQuery,
  isFiltering,
  parseQuery,
  setEntry,
} from '../../../../src/viewer/page/cohort/cohort-query.ts';
import { describeColumns, formatNumber } from '../../../../src/viewer/page/cohort/describe-columns.ts';
import { selectSlides } from '../../../../src/viewer/page/cohort/select-slides.ts';
import { findVisibleRows, scrollToRow } from '../../../../src/viewer/page/cohort/visible-rows.ts';

const createSlide = (id: string, values: CohortSlide['values'], more: Partial<CohortSlide> = {}): CohortSlide => ({
  ...{ id, status: 'done', error: null, values, ...more },
});
const cohort: CohortFacts = {
  columns: [
    { name: 'kind', kind: 'text' },
    { name: 'bad_tiles', kind: 'number' },
    { name: 'tissue_mm2', kind: 'number' },
    { name: 'confidence', kind: 'number' },
    { name: 'nothing', kind: 'text' },
  ],
  slides: [
    createSlide('slide-10', { kind: 'aperio', bad_tiles: 0, tissue_mm2: 1234.5, confidence: 0.25 }),
    createSlide('slide-2', { kind: 'leica', bad_tiles: 0, tissue_mm2: null, confidence: 0.75 }),
    createSlide(
      'other',
      { kind: 'aperio', bad_tiles: 0, tissue_mm2: 7, confidence: null },
      { status: 'failed', error: 'Out of memory' },
    ),
  ],
};
const everything = parseQuery({});
const select = (changes: Partial<CohortQuery>) =>
  selectSlides(cohort, { ...everything, ...changes }).map(({ id }) => id);

describe('slides of a list', () => {
  it('are those that have all words, a status, a text, a number', () => {
    expect(select({})).toEqual(['slide-10', 'slide-2', 'other']);
    expect(select({ text: ' APERIO  1' })).toEqual(['slide-10']);
    expect(select({ text: 'memory' })).toEqual(['other']);
    expect(select({ status: 'failed' })).toEqual(['other']);
    expect(select({ is: { kind: 'aperio' } })).toEqual(['slide-10', 'other']);
    expect(select({ within: { tissue_mm2: { min: 7, max: null } } })).toEqual(['slide-10', 'other']);
    expect(select({ within: { confidence: { min: null, max: 0.5 } } })).toEqual(['slide-10']);
  });

  it('are sorted as people count, those without a value last either way', () => {
    const sort = (column: string, descending: boolean) => select({ sort: { column, descending } });
    expect(sort('slide', false)).toEqual(['other', 'slide-2', 'slide-10']);
    expect(sort('confidence', false)).toEqual(['slide-10', 'slide-2', 'other']);
    expect(sort('confidence', true)).toEqual(['slide-2', 'slide-10', 'other']);
    expect(sort('status', true)).toEqual(['other', 'slide-10', 'slide-2']);
  });
});

it('what is asked for is in the address, and comes back from it', () => {
  const query: CohortQuery = {
    text: 'a b',
    status: 'failed',
    sort: { column: 'min.a', descending: true },
    is: { kind: 'x=1&y' },
    within: { a: { min: 0, max: null }, b: { min: -1.5, max: 2 } },
  };
  expect(parseQuery(formatQuery(query))).toEqual(query);
  expect(formatQuery(everything)).toEqual({});
  expect(parseQuery({ 'min.a': 'no number', 'is.': 'x', x: '1', sort: '-' })).toEqual(everything);
  expect([isFiltering(query), isFiltering(dropFilters(query)), isFiltering(everything)]).toEqual([true, false, false]);
  expect(dropFilters(query).sort).toEqual(query.sort);
  expect(setEntry<number>(setEntry({ a: 1 }, 'b', 2), 'a', null)).toEqual({ b: 2 });
});

it('columns have titles, choices and figures; those that tell nothing apart come last', () => {
  expect(describeColumns(cohort)).toMatchObject([
    { name: 'kind', title: 'Kind', choices: ['aperio', 'leica'], range: null },
    { name: 'tissue_mm2', title: 'Tissue mm²', range: [7, 1234.5], isShare: false, digits: 0 },
    { name: 'confidence', title: 'Confidence', range: [0.25, 0.75], isShare: true, digits: 3 },
    { name: 'bad_tiles', title: 'Bad tiles', range: [0, 0], isShare: false },
  ]);
  expect(formatNumber(1234.5, 1)).toBe('1,234.5');
  const pixels = [0.25, 0.5].map((mpp_x) => createSlide(`slide-${mpp_x}`, { mpp_x }));
  expect(describeColumns({ columns: [{ name: 'mpp_x', kind: 'number' }], slides: pixels })[0]?.isShare).toBe(false);
});

describe('rows of a long table', () => {
  const long = { count: 1000, rowHeight: 50, height: 500 };

  it('are drawn where they are seen, and a few beyond', () => {
    expect(findVisibleRows({ ...long, top: 0 })).toEqual({ first: 0, end: 16, above: 0 });
    expect(findVisibleRows({ ...long, top: 1020 })).toEqual({ first: 14, end: 37, above: 700 });
    expect(findVisibleRows({ ...long, top: 49_500 })).toEqual({ first: 984, end: 1000, above: 49_200 });
    expect(findVisibleRows({ ...long, count: 0, top: 300 })).toMatchObject({ first: 0, end: 0 });
  });

  it('are scrolled to by as little as need be', () => {
    const place = { rowHeight: 50, head: 30, top: 1000, height: 500 };
    expect(scrollToRow(19, place)).toBe(950);
    expect(scrollToRow(20, place)).toBe(1000);
    expect(scrollToRow(28, place)).toBe(1000);
    expect(scrollToRow(29, place)).toBe(1030);
  });
});
