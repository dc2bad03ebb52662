// Rows of a result: {figure, value, unit, target, met, detail}. A row without a target has null for target and met.

/**
 * One figure. `atLeast` or `atMost` make its target; without them it is reported and not judged.
 * @returns {{figure: string, value: number, unit: string, target: string | null, met: boolean | null, detail: string}}
 */
export function row(figure, value, { unit, atLeast, atMost, detail = '' }) {
  if (atLeast !== undefined) return { figure, value, unit, target: `>= ${atLeast}`, met: value >= atLeast, detail };
  if (atMost !== undefined) return { figure, value, unit, target: `<= ${atMost}`, met: value <= atMost, detail };
  return { figure, value, unit, target: null, met: null, detail };
}

/** A figure that is no number is a fault of the bench and must not pass for one that was met. */
export function checkRow(one) {
  if (!Number.isFinite(one.value)) throw new Error(`${one.figure} is ${one.value}, not a number`);
  if ((one.target === null) !== (one.met === null)) throw new Error(`${one.figure} has a target or a verdict alone`);
  return { ...one, value: Number(one.value.toPrecision(6)) };
}

/**
 * The rows of a comparison: medians of each side, then ratios of every side to the first one, each with its range over the
 * rounds. Above 1 is faster for `per_cpu_s` and `per_wall_s`, and more memory for `peak_mb`.
 * @param targets `{ratio figure: {atLeast} or {atMost}}`, such as `{'ours.per_cpu_s': {atLeast: 2}}`
 */
export function compareRows(prefix, results, { unit, targets = {} }) {
  const units = { per_cpu_s: `${unit}/CPU-s`, per_wall_s: `${unit}/s`, wall_s: 's', peak_mb: 'MB' };
  const [first, ...others] = Object.entries(results);
  const own = Object.entries(results).flatMap(([side, runs]) =>
    Object.entries(units).map(([metric, its]) => {
      const values = runs.map((run) => getMetric(run, metric));
      return row(`${prefix}.${side}.${metric}`, median(values), { unit: its, detail: describeRange(values) });
    }),
  );
  const ratios = others.flatMap(([side, runs]) =>
    ['per_cpu_s', 'per_wall_s', 'peak_mb'].map((metric) => {
      const [base, mine] = [first[1], runs].map((all) => all.map((run) => getMetric(run, metric)));
      const pairs = mine.map((value, round) => value / base[round]);
      const detail = `${describeRange(pairs)}, ${side} to ${first[0]}, ${runs.length} rounds`;
      const target = targets[`${side}.${metric}`] ?? {};
      return row(`${prefix}.${side}.x_${metric}`, median(mine) / median(base), { unit: 'x', detail, ...target });
    }),
  );
  return [...own, ...ratios];
}

function getMetric(run, metric) {
  if (metric === 'per_cpu_s') return run.n / run.cpu_s;
  if (metric === 'per_wall_s') return run.n / run.wall_s;
  return run[metric];
}

export function median(values) {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = Math.floor(sorted.length / 2);
  return sorted.length % 2 === 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
}

function describeRange(values) {
  return `${format(Math.min(...values))} to ${format(Math.max(...values))}`;
}

export function formatRows(rows) {
  const verdicts = { true: 'met', false: 'MISSED', null: '' };
  const cells = [
    ['figure', 'value', 'unit', 'target', '', 'detail'],
    ...rows.map((one) => [
      one.figure,
      format(one.value),
      one.unit,
      one.target ?? '',
      verdicts[`${one.met}`],
      one.detail,
    ]),
  ];
  const widths = cells[0].map((_, column) => Math.max(...cells.map((line) => line[column].length)));
  const pad = (cell, column) => (column === 1 ? cell.padStart(widths[column]) : cell.padEnd(widths[column]));
  return cells.map((line) => line.map(pad).join('  ').trimEnd()).join('\n');
}

function format(value) {
  return Math.abs(value) >= 1000 ? value.toFixed(0) : `${Number(value.toPrecision(4))}`;
}
