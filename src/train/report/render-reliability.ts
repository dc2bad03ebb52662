import type { Html } from '../../utils/html.ts';
import type { Evaluation } from '../metrics/evaluate.ts';
import { createShareAxis } from './axis.ts';
import { type Point, renderChart, type Series } from './render-chart.ts';

/** Bars are shares of pictures; on the dashed line a probability means what it says. */
export function renderReliability({ reliability, count }: Evaluation, names: readonly string[]): Html {
  const points = reliability.flatMap(({ confidence, accuracy }): Point[] =>
    confidence === undefined || accuracy === undefined ? [] : [[confidence, accuracy]],
  );
  const believed: Series = {
    ...{ name: 'as said', kind: 'guide' },
    points: [
      [0, 0],
      [1, 1],
    ],
  };
  return renderChart({
    title: 'Reliability',
    x: createShareAxis(names.length === 1 ? `Probability of ${names[0]}` : 'Probability of the guess'),
    y: createShareAxis('Share that is'),
    series: [{ name: 'found', kind: 'marks', points }, believed],
    bars: reliability
      .filter((bin) => bin.count > 0)
      .map((bin) => ({ from: bin.from, to: bin.to, height: bin.count / count })),
  });
}
