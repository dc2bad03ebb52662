import { throwIfAborted } from '../../utils/abort.ts';
import { DatasetError } from '../../utils/errors.ts';
import type { FeatureRow } from '../bags/find-features.ts';
import { type BagFacts, readBagFacts } from '../bags/read-bag-facts.ts';
import type { ExampleRow, SlideLabel } from '../data/example.ts';

/** A slide that has features and a label. */
export interface JoinedSlide extends ExampleRow {
  readonly slide: string;
  readonly facts: BagFacts;
  /** Of the slide itself, where the table of features says it. */
  readonly source: string | undefined;
}

/** A slide that has not. */
export interface LeftOutSlide {
  readonly slide: string;
  readonly label: string | undefined;
  readonly patient: string | undefined;
  readonly features: string | undefined;
  readonly reason: string;
  /** Whether somebody asked for it: a slide without a label is none of the training's business. */
  readonly isAsked: boolean;
}

export interface Joined {
  readonly slides: readonly JoinedSlide[];
  readonly leftOut: readonly LeftOutSlide[];
}

/** Files whose heads are read at a time. */
const PARALLEL = 16;
/** Slides that an error names. */
const MOST_NAMED = 3;

/**
 * Brings labels and features together by the names of the slides, in the order of the labels.
 * @throws DatasetError where no slide of the table has features; AbortedError
 */
export async function joinSlides(
  table: string,
  labels: ReadonlyMap<string, SlideLabel>,
  {
    features,
    signal,
  }: { readonly features: ReadonlyMap<string, FeatureRow>; readonly signal: AbortSignal | undefined },
): Promise<Joined> {
  const named = [...labels];
  const slides: JoinedSlide[] = [];
  const leftOut: LeftOutSlide[] = [];
  for (let from = 0; from < named.length; from += PARALLEL) {
    throwIfAborted(signal);
    const some = named.slice(from, from + PARALLEL);
    const joined = await Promise.all(
      some.map(([slide, one]) => joinOne(slide, one, { table, row: features.get(slide) })),
    );
    for (const one of joined)
      if ('facts' in one) slides.push(one);
      else leftOut.push(one);
  }
  if (slides.length > 0) return { slides, leftOut };
  const first = (names: Iterable<string>) => [...names].slice(0, MOST_NAMED).join(', ') || 'none';
  throw new DatasetError(
    table,
    `none of its slides (${first(labels.keys())}) has features (there are ${first(features.keys())})`,
    { reason: 'no-match' },
    { hint: `slides go by the same name in both tables; the first one: ${leftOut[0]?.reason ?? 'not there'}` },
  );
}

async function joinOne(
  slide: string,
  { label, patient, line }: SlideLabel,
  { table, row }: { readonly table: string; readonly row: FeatureRow | undefined },
): Promise<JoinedSlide | LeftOutSlide> {
  const leave = (reason: string): LeftOutSlide => {
    return { slide, label, patient, features: row?.features, reason, isAsked: true };
  };
  if (label === undefined) return leave('no label');
  if (row?.features === undefined) return leave(row?.problem ?? 'no features');
  const facts = await readBagFacts(row.features);
  if (typeof facts === 'string') return leave(facts);
  return { path: row.features, label, patient, slide, table, line, facts, source: row.path };
}
