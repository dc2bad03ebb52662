import type { PolygonTable } from '../../contract.ts';

/** Numbers before the first array. */
const HEAD = 4;

/** `polygons/NAME.bin`, as contract.ts says. */
export function encodePolygonTable({ classes, firstRings, firstPoints, points }: PolygonTable): Uint8Array {
  const numbers = HEAD + classes.length + firstRings.length + firstPoints.length;
  const file = new ArrayBuffer(4 * (numbers + points.length));
  const integers = new Uint32Array(file, 0, numbers);
  integers.set([classes.length, firstPoints.length - 1, points.length / 2, 0]);
  integers.set(classes, HEAD);
  integers.set(firstRings, HEAD + classes.length);
  integers.set(firstPoints, HEAD + classes.length + firstRings.length);
  new Float32Array(file, 4 * numbers).set(points);
  return new Uint8Array(file);
}
