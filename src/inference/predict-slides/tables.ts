import type { CohortFigures } from './compute-figures.ts';
import type { Decision } from './decide-slide.ts';
import type { KnownSlide } from './read-labels.ts';
import type { SlideRow } from './slide-row.ts';
import type { SlidesSummary } from './summary.ts';

/** What tables and report are made of. */
export interface Tables {
  readonly rows: readonly SlideRow[];
  readonly known: ReadonlyMap<string, KnownSlide> | undefined;
  readonly decision: Decision;
  readonly figures: CohortFigures | undefined;
  readonly summary: SlidesSummary;
}
