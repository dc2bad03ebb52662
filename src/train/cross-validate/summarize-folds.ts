import type { FoldResult } from './fold-result.ts';

/** A figure over the folds that have it. */
export interface FoldSummary {
  readonly folds: number;
  readonly mean: number;
  /** Of a sample (n - 1); 0 for one fold. */
  readonly deviation: number;
  readonly least: number;
  readonly most: number;
}

/** By the names of the figures. Ends of intervals within a fold say nothing over folds. */
export function summarizeFolds(folds: readonly FoldResult[]): Readonly<Record<string, FoldSummary>> {
  const names = Object.keys(folds[0]?.metrics ?? {}).filter((name) => !/(Low|High)$/.test(name));
  const summaries = names.flatMap((name): [string, FoldSummary][] => {
    const values = folds.flatMap(({ metrics }) => metrics[name] ?? []);
    return values.length === 0 ? [] : [[name, summarize(values)]];
  });
  return Object.fromEntries(summaries);
}

function summarize(values: readonly number[]): FoldSummary {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  const squares = values.reduce((sum, value) => sum + (value - mean) ** 2, 0);
  const deviation = Math.sqrt(squares / Math.max(1, values.length - 1));
  return { folds: values.length, mean, deviation, least: Math.min(...values), most: Math.max(...values) };
}
