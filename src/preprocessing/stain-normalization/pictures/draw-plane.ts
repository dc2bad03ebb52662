import { escapeXml } from './svg-text.ts';

type Point = readonly [x: number, y: number];

/** What is drawn, in the units of the plane. */
export type PlaneShape =
  | { readonly kind: 'dot'; readonly at: Point; readonly color: string; readonly label: string }
  | { readonly kind: 'line'; readonly from: Point; readonly to: Point }
  | { readonly kind: 'ellipse'; readonly at: Point; readonly radius: Point; readonly color: string };

/** Share of the picture that is left free around the shapes, and pixels for the words of the axes. */
const MARGIN = 0.12;
const WORDS = 22;
/** A square is at least as wide, in units of the plane, so that one point has a place. */
const LEAST = 0.1;
const TICKS = 4;

/** A square with both axes to one scale, y upwards. */
export function drawPlane(
  shapes: readonly PlaneShape[],
  { size, axes }: { size: number; axes: { readonly x: string; readonly y: string } },
): string {
  const corners = shapes.flatMap(listCorners);
  const low = (k: 0 | 1) => Math.min(...corners.map((point) => point[k]));
  const high = (k: 0 | 1) => Math.max(...corners.map((point) => point[k]));
  const side = Math.max(LEAST, high(0) - low(0), high(1) - low(1)) * (1 + 2 * MARGIN);
  const origin: Point = [(low(0) + high(0) - side) / 2, (low(1) + high(1) - side) / 2];
  const room = size - WORDS;
  const scale = room / side;
  const place = ([x, y]: Point): Point => [WORDS + (x - origin[0]) * scale, room - (y - origin[1]) * scale];
  return [
    `<rect x="${WORDS}" y="0" width="${room}" height="${room}" fill="#f6f6f6" stroke="#999999"/>`,
    ...formatTicks(origin, side, { place, room }),
    ...shapes.map((shape) => formatShape(shape, place, scale)),
    `<text x="${WORDS + room / 2}" y="${size - 2}" text-anchor="middle" fill="#555555" font-size="11">${escapeXml(axes.x)}</text>`,
    `<text transform="translate(11 ${room / 2}) rotate(-90)" text-anchor="middle" fill="#555555" font-size="11">${escapeXml(axes.y)}</text>`,
  ].join('\n');
}

function listCorners(shape: PlaneShape): Point[] {
  if (shape.kind === 'dot') return [shape.at];
  if (shape.kind === 'line') return [shape.from, shape.to];
  const { at, radius } = shape;
  return [
    [at[0] - radius[0], at[1] - radius[1]],
    [at[0] + radius[0], at[1] + radius[1]],
  ];
}

function formatShape(shape: PlaneShape, place: (point: Point) => Point, scale: number): string {
  if (shape.kind === 'line') {
    const [[x1, y1], [x2, y2]] = [place(shape.from), place(shape.to)];
    return `<line x1="${fix(x1)}" y1="${fix(y1)}" x2="${fix(x2)}" y2="${fix(y2)}" stroke="#888888" stroke-dasharray="3 3"/>`;
  }
  const [x, y] = place(shape.at);
  if (shape.kind === 'ellipse') {
    const [rx, ry] = shape.radius;
    return `<ellipse cx="${fix(x)}" cy="${fix(y)}" rx="${fix(rx * scale)}" ry="${fix(ry * scale)}" fill="${shape.color}" fill-opacity="0.15" stroke="${shape.color}"/>`;
  }
  return [
    `<circle cx="${fix(x)}" cy="${fix(y)}" r="7" fill="${shape.color}" stroke="#222222"/>`,
    `<text x="${fix(x + 10)}" y="${fix(y + 4)}" font-size="11">${escapeXml(shape.label)}</text>`,
  ].join('');
}

function formatTicks(
  origin: Point,
  side: number,
  { place, room }: { place: (point: Point) => Point; room: number },
): string[] {
  const step = 10 ** Math.floor(Math.log10(side / TICKS));
  const unit = [1, 2, 5, 10].map((factor) => factor * step).find((one) => side / one <= 2 * TICKS) ?? 10 * step;
  const digits = Math.max(0, -Math.floor(Math.log10(unit)));
  const list = (start: number) => {
    const first = Math.ceil(start / unit);
    return Array.from({ length: Math.floor((start + side) / unit) - first + 1 }, (_, i) => (first + i) * unit);
  };
  const line = 'stroke="#dddddd"';
  const across = list(origin[0]).map((value) => {
    const [x] = place([value, origin[1]]);
    return `<line x1="${fix(x)}" y1="0" x2="${fix(x)}" y2="${room}" ${line}/><text x="${fix(x + 2)}" y="${room - 4}" font-size="10" fill="#777777">${value.toFixed(digits)}</text>`;
  });
  const down = list(origin[1]).map((value) => {
    const [, y] = place([origin[0], value]);
    return `<line x1="${WORDS}" y1="${fix(y)}" x2="${WORDS + room}" y2="${fix(y)}" ${line}/><text x="${WORDS + 3}" y="${fix(y - 2)}" font-size="10" fill="#777777">${value.toFixed(digits)}</text>`;
  });
  return [...across, ...down];
}

function fix(value: number): string {
  return value.toFixed(1);
}
