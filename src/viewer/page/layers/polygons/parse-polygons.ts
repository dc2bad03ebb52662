import type { PolygonTable } from '../../../contract.ts';

const HEADER = 4;

/** Reads `polygons/NAME.bin` without copying it. Throws RangeError where the tables don't fit each other. */
export function parsePolygons(file: ArrayBuffer): PolygonTable {
  if (file.byteLength < HEADER * 4 || file.byteLength % 4 !== 0)
    throw new RangeError(`expected a table of polygons but received ${file.byteLength} bytes`);
  const [polygons = 0, rings = 0, points = 0] = new Uint32Array(file, 0, HEADER);
  const expected = 4 * (HEADER + polygons + (polygons + 1) + (rings + 1) + 2 * points);
  if (file.byteLength !== expected)
    throw new RangeError(`expected ${expected} bytes of polygons but received ${file.byteLength}`);
  let at = HEADER * 4;
  const take = (length: number): Uint32Array => {
    at += length * 4;
    return new Uint32Array(file, at - length * 4, length);
  };
  const table = {
    classes: take(polygons),
    firstRings: take(polygons + 1),
    firstPoints: take(rings + 1),
    points: new Float32Array(file, at, 2 * points),
  };
  if (!isAscending(table.firstRings, rings) || !isAscending(table.firstPoints, points))
    throw new RangeError('the polygons of the table overlap each other');
  return table;
}

/** From 0 to `end`, never back. */
function isAscending(starts: Uint32Array, end: number): boolean {
  return starts[0] === 0 && starts.at(-1) === end && starts.every((start, i) => start >= (starts[i - 1] ?? 0));
}
