import { formatDecimal } from '../../utils/format-values.ts';
import { type Html, html } from '../../utils/html.ts';
import type { Axis } from './axis.ts';

export type Point = readonly [x: number, y: number];

export interface Series {
  readonly name: string;
  /** In the numbers of the axes; a point that is no number interrupts the line. */
  readonly points: readonly Point[];
  /** `marks` has a dot at each point too. */
  readonly kind?: 'line' | 'marks' | 'guide';
}

export interface Bar {
  readonly from: number;
  readonly to: number;
  readonly height: number;
}

export interface Chart {
  readonly title: string;
  readonly x: Axis;
  readonly y: Axis;
  readonly series: readonly Series[];
  /** Behind the lines, from the foot of the chart. */
  readonly bars?: readonly Bar[];
  /** An upright line, where something is. */
  readonly mark?: { readonly x: number; readonly label: string } | undefined;
}

const WIDTH = 480;
const HEIGHT = 320;
const PLOT = { left: 58, top: 14, right: 466, bottom: 266 };
/** Points nearer than this to the last one are not drawn: the curve of a hundred thousand pictures is no larger than one of a thousand. */
const LEAST_DISTANCE = 0.5;
const COLORS = 6;

/** A chart as SVG with its title and names of lines below; colours come from the page's style. */
export function renderChart(chart: Chart): Html {
  const { title, x, y, series, bars = [], mark } = chart;
  const place = createPlacement(x, y);
  return html`<figure class="chart">
<svg viewBox="0 0 ${WIDTH} ${HEIGHT}" role="img" aria-label="${title}">
${renderGrid(chart, place)}${bars.map((bar) => renderBar(bar, place))}${mark && renderMark(mark, place)}${series.map((one, at) => renderSeries(one, at, place))}</svg>
<figcaption><strong>${title}</strong>${series.map(({ name, kind }, at) => html` <span class="key ${getColor(kind, at)}">${name}</span>`)}</figcaption>
</figure>
`;
}

type Placement = (point: Point) => Point;

function createPlacement(x: Axis, y: Axis): Placement {
  const across = (PLOT.right - PLOT.left) / (x.to - x.from);
  const up = (PLOT.bottom - PLOT.top) / (y.to - y.from);
  return ([atX, atY]) => [PLOT.left + (atX - x.from) * across, PLOT.bottom - (atY - y.from) * up];
}

function renderGrid({ x, y }: Chart, place: Placement): Html {
  const middle = (PLOT.top + PLOT.bottom) / 2;
  const levels = y.ticks.map((tick) => ({ tick, at: place([x.from, tick])[1] }));
  const columns = x.ticks.map((tick) => ({ tick, at: place([tick, y.from])[0] }));
  return html`<g class="grid">${levels.map(({ at }) => html`<path d="M${PLOT.left} ${round(at)}H${PLOT.right}"/>`)}${columns.map(({ at }) => html`<path d="M${round(at)} ${PLOT.top}V${PLOT.bottom}"/>`)}</g>
<g class="ticks">${levels.map(({ tick, at }) => html`<text x="${PLOT.left - 8}" y="${round(at + 4)}" text-anchor="end">${formatTick(tick, y)}</text>`)}${columns.map(({ tick, at }) => html`<text x="${round(at)}" y="${PLOT.bottom + 18}" text-anchor="middle">${formatTick(tick, x)}</text>`)}</g>
<text x="${(PLOT.left + PLOT.right) / 2}" y="${HEIGHT - 12}" text-anchor="middle">${x.label}</text>
<text x="14" y="${middle}" text-anchor="middle" transform="rotate(-90 14 ${middle})">${y.label}</text>
`;
}

/** As many digits as tell one tick from the next. */
function formatTick(tick: number, { ticks: [first = 0, second = 1] }: Axis): string {
  return formatDecimal(tick, Math.min(12, Math.max(0, -Math.floor(Math.log10(second - first) + 1e-9))));
}

function renderBar({ from, to, height }: Bar, place: Placement): Html {
  const [left, top] = place([from, height]);
  const [right] = place([to, height]);
  const [width, tall] = [round(right - left - 2), round(PLOT.bottom - top)];
  return html`<rect class="bar" x="${round(left + 1)}" y="${round(top)}" width="${width}" height="${tall}"/>`;
}

function renderMark({ x, label }: { x: number; label: string }, place: Placement): Html {
  const [at] = place([x, 0]);
  const isRight = at > (PLOT.left + PLOT.right) / 2;
  return html`<path class="mark-line" d="M${round(at)} ${PLOT.top}V${PLOT.bottom}"/><text x="${round(at + (isRight ? -6 : 6))}" y="${PLOT.top + 12}" text-anchor="${isRight ? 'end' : 'start'}">${label}</text>
`;
}

function renderSeries({ points, kind = 'line' }: Series, index: number, place: Placement): Html {
  const color = getColor(kind, index);
  const placed = points.map(place);
  const dots = kind === 'marks' ? placed.filter(isKnown) : [];
  return html`<path class="line ${color}" d="${createPath(placed)}"/>${dots.map(([x, y]) => html`<circle class="dot ${color}" cx="${round(x)}" cy="${round(y)}" r="3"/>`)}
`;
}

/** Points as an SVG path; points that can't be told apart are left out, the ends are kept. */
export function createPath(points: readonly Point[]): string {
  let path = '';
  let last: Point | undefined;
  for (const [at, point] of points.entries()) {
    if (!isKnown(point)) {
      last = undefined;
      continue;
    }
    const isEnd = !points[at + 1] || !isKnown(points[at + 1] ?? [Number.NaN, 0]);
    const isNear = last && Math.hypot(point[0] - last[0], point[1] - last[1]) < LEAST_DISTANCE;
    if (isNear && !isEnd) continue;
    path += `${last ? 'L' : 'M'}${round(point[0])} ${round(point[1])}`;
    last = point;
  }
  return path;
}

function isKnown([x, y]: Point): boolean {
  return Number.isFinite(x) && Number.isFinite(y);
}

function getColor(kind: Series['kind'], index: number): string {
  return kind === 'guide' ? 'guide' : `color-${index % COLORS}`;
}

function round(value: number): number {
  return Math.round(value * 100) / 100;
}
