// Rows of a result: {figure, value, unit, min, max, target, met, detail}. A row without a target has null for target and
// met; min and max are the range over the rounds, null where there is one value only.

/**
 * One figure. `atLeast` or `atMost` make its target; without them it is reported and not judged.
 * @param value a number, or one for each round: then the figure is their median, with their range
 */
export function row(figure, value, { unit, atLeast, atMost, detail = '' }) {
  const values = [value].flat();
  const own = { figure, value: median(values), unit };
  const [min, max] = values.length > 1 ? [Math.min(...values), Math.max(...values)] : [null, null];
  return { ...own, min, max, ...judge(own.value, { atLeast, atMost }), detail };
}

function judge(value, { atLeast, atMost }) {
  if (atLeast !== undefined) return { target: `>= ${atLeast}`, met: value >= atLeast };
  if (atMost !== undefined) return { target: `<= ${atMost}`, met: value <= atMost };
  return { target: null, met: null };
}

/** A figure that is no number is a fault of the bench and must not pass for one that was met. */
export function checkRow(one) {
  if (!Number.isFinite(one.value)) throw new Error(`${one.figure} is ${one.value}, not a number`);
  if ((one.target === null) !== (one.met === null)) throw new Error(`${one.figure} has a target or a verdict alone`);
  const shorten = (value) => (value === null ? null : Number(value.toPrecision(6)));
  return { ...one, value: shorten(one.value), min: shorten(one.min), max: shorten(one.max) };
}

/**
 * The rows of a comparison: medians of each side, then ratios of every side to the first one: that of the medians, with the
 * range of the ratios within a round. Above 1 is faster for `per_cpu_s` and `per_wall_s`, and more memory for `peak_mb`.
 * @param targets `{figure: {atLeast} or {atMost}}`, such as `{'ours.x_per_cpu_s': {atLeast: 2}, 'ours.peak_mb': {atMost: 130}}`
 */
export function compareRows(prefix, results, { unit, targets = {} }) {
  const units = { per_cpu_s: `${unit}/CPU-s`, per_wall_s: `${unit}/s`, wall_s: 's', peak_mb: 'MB' };
  const [first, ...others] = Object.entries(results);
  const own = Object.entries(results).flatMap(([side, runs]) =>
    Object.entries(units).map(([metric, its]) => {
      const values = runs.map((run) => getMetric(run, metric));
      return row(`${prefix}.${side}.${metric}`, values, { unit: its, ...targets[`${side}.${metric}`] });
    }),
  );
  const ratios = others.flatMap(([side, runs]) =>
    ['per_cpu_s', 'per_wall_s', 'peak_mb'].map((metric) => {
      const [base, mine] = [first[1], runs].map((all) => all.map((run) => getMetric(run, metric)));
      const value = median(mine) / median(base);
      const pairs = mine.map((one, round) => one / base[round]);
      const figure = `${side}.x_${metric}`;
      const detail = `${format(median(mine))} to ${format(median(base))} ${units[metric]} of ${first[0]}, ${runs.length} rounds`;
      const ratio = row(`${prefix}.${figure}`, value, { unit: 'x', detail, ...targets[figure] });
      return { ...ratio, min: Math.min(...pairs), max: Math.max(...pairs) };
    }),
  );
  const unknown = Object.keys(targets).filter(
    (name) => ![...own, ...ratios].some((one) => one.figure === `${prefix}.${name}`),
  );
  if (unknown.length > 0) throw new Error(`targets of figures that ${prefix} does not have: ${unknown.join(', ')}`);
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

export const VERDICTS = { true: 'met', false: 'MISSED', null: '' };

export function formatRange({ min, max }) {
  return min === null ? '' : `${format(min)} to ${format(max)}`;
}

export function formatRows(rows) {
  const cells = [
    ['figure', 'value', 'unit', 'range', 'target', '', 'detail'],
    ...rows.map((one) => [
      one.figure,
      format(one.value),
      one.unit,
      formatRange(one),
      one.target ?? '',
      VERDICTS[`${one.met}`],
      one.detail,
    ]),
  ];
  const widths = cells[0].map((_, column) => Math.max(...cells.map((line) => line[column].length)));
  const pad = (cell, column) => (column === 1 ? cell.padStart(widths[column]) : cell.padEnd(widths[column]));
  return cells.map((line) => line.map(pad).join('  ').trimEnd()).join('\n');
}

export function format(value) {
  return Math.abs(value) >= 1000 ? value.toFixed(0) : `${Number(value.toPrecision(4))}`;
}
