import type { Html } from '../../utils/html.ts';
import type { Evaluation } from '../metrics/evaluate.ts';
import { createShareAxis } from './axis.ts';
import { type Point, renderChart, type Series } from './render-chart.ts';
import type { CalibrationFacts } from './report-facts.ts';

/** Bars are shares of examples; on the dashed line a probability means what it says. */
export function renderReliability(
  evaluation: Evaluation,
  names: readonly string[],
  calibration?: CalibrationFacts,
): Html {
  const { reliability, count } = evaluation;
  const believed: Series = {
    ...{ name: 'as said', kind: 'guide' },
    points: [
      [0, 0],
      [1, 1],
    ],
  };
  const found: Series = {
    name: calibration ? 'after temperature' : 'found',
    kind: 'marks',
    points: toPoints(evaluation),
  };
  const before: Series[] = calibration ? [{ name: 'before', kind: 'marks', points: toPoints(calibration.before) }] : [];
  return renderChart({
    title: 'Reliability',
    x: createShareAxis(names.length === 1 ? `Probability of ${names[0]}` : 'Probability of the guess'),
    y: createShareAxis('Share that is'),
    series: [found, ...before, believed],
    bars: reliability
      .filter((bin) => bin.count > 0)
      .map((bin) => ({ from: bin.from, to: bin.to, height: bin.count / count })),
  });
}

function toPoints({ reliability }: Evaluation): Point[] {
  return reliability.flatMap(({ confidence, accuracy }): Point[] =>
    confidence === undefined || accuracy === undefined ? [] : [[confidence, accuracy]],
  );
}
