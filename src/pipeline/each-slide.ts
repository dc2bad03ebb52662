import { throwIfAborted } from '../utils/abort.ts';
import type { SlideInput } from './slide-inputs.ts';

/** What all runs over many slides tell of each. `slide` counts from 0. */
export type SlideEvent<Row> =
  | { readonly kind: 'slide-start'; readonly slide: number; readonly input: SlideInput }
  | { readonly kind: 'slide-end'; readonly slide: number; readonly row: Row };

export interface EachSlide<Row> {
  readonly slides: readonly SlideInput[];
  readonly signal: AbortSignal;
  readonly onEvent: ((event: SlideEvent<Row>) => void) | undefined;
}

/**
 * One slide after another, each with a row. `work` makes a row of what is a slide's fault too, so that the others go on.
 * @throws what `work` throws; AbortedError between two slides
 */
export async function eachSlide<Row>(
  { slides, signal, onEvent }: EachSlide<Row>,
  work: (input: SlideInput, slide: number) => Promise<Row>,
): Promise<Row[]> {
  const rows: Row[] = [];
  for (const [slide, input] of slides.entries()) {
    throwIfAborted(signal);
    onEvent?.({ kind: 'slide-start', slide, input });
    const row = await work(input, slide);
    rows.push(row);
    onEvent?.({ kind: 'slide-end', slide, row });
  }
  return rows;
}
