import type { Polygon, Ring } from '../../../../geometry/polygon.ts';
import { toRing } from '../shapes.ts';
import { isRecord } from './json-values.ts';

/** All that one GeoJSON geometry holds, by its kind. */
export interface ParsedGeometry {
  readonly polygons: Polygon[];
  /** x0, y0, x1, y1 ... of all points. */
  readonly points: number[];
  readonly lines: Float64Array[];
  /** Rings with fewer than three vertices, geometries without coordinates. */
  empty: number;
}

/** Why a geometry can't be taken; the region that has it is named by the caller. */
export class GeometryProblem extends Error {}

/** GeometryCollections in GeometryCollections. */
const MAX_DEPTH = 16;

/** Reads any GeoJSON geometry; a third coordinate is left out. @throws GeometryProblem */
export function parseGeometry(geometry: unknown): ParsedGeometry {
  const parsed: ParsedGeometry = { polygons: [], points: [], lines: [], empty: 0 };
  collect(geometry, parsed, 0);
  return parsed;
}

function collect(geometry: unknown, into: ParsedGeometry, depth: number): void {
  if (!isRecord(geometry)) throw new GeometryProblem('its geometry is no object');
  if (depth > MAX_DEPTH) throw new GeometryProblem(`geometry collections are nested more than ${MAX_DEPTH} deep`);
  const { type, coordinates, geometries } = geometry as { type?: unknown; coordinates?: unknown; geometries?: unknown };
  switch (type) {
    case 'GeometryCollection':
      for (const each of toList(geometries)) collect(each, into, depth + 1);
      break;
    case 'Polygon':
      addPolygon(coordinates, into);
      break;
    case 'MultiPolygon':
      for (const each of toList(coordinates)) addPolygon(each, into);
      if (toList(coordinates).length === 0) into.empty++;
      break;
    case 'Point':
      if (toList(coordinates).length === 0) into.empty++;
      else into.points.push(...toPoints([coordinates]));
      break;
    case 'MultiPoint':
      for (const value of toPoints(coordinates)) into.points.push(value);
      break;
    case 'LineString':
      addLine(coordinates, into);
      break;
    case 'MultiLineString':
      for (const each of toList(coordinates)) addLine(each, into);
      break;
    default:
      throw new GeometryProblem(`geometry type ${JSON.stringify(type)?.slice(0, 60)} is not one of GeoJSON`);
  }
}

function addPolygon(coordinates: unknown, into: ParsedGeometry): void {
  const [first, ...others] = toList(coordinates);
  const exterior = first === undefined ? undefined : parseRing(first, into);
  const holes = others.map((each) => parseRing(each, into)).filter((hole) => hole !== undefined);
  if (exterior) into.polygons.push({ exterior, holes });
  else if (first === undefined) into.empty++;
}

function parseRing(coordinates: unknown, into: ParsedGeometry): Ring | undefined {
  const ring = toRing(toPoints(coordinates));
  if (!ring) into.empty++;
  return ring;
}

function addLine(coordinates: unknown, into: ParsedGeometry): void {
  const line = toPoints(coordinates);
  if (line.length >= 4) into.lines.push(line);
  else into.empty++;
}

function toPoints(coordinates: unknown): Float64Array {
  const list = toList(coordinates);
  const points = new Float64Array(list.length * 2);
  for (const [k, position] of list.entries()) {
    const [x, y]: unknown[] = Array.isArray(position) ? position : [];
    if (typeof x !== 'number' || typeof y !== 'number' || !Number.isFinite(x) || !Number.isFinite(y))
      throw new GeometryProblem(`vertex ${k} (from 0) is no pair of finite numbers`);
    points[k * 2] = x;
    points[k * 2 + 1] = y;
  }
  return points;
}

function toList(value: unknown): readonly unknown[] {
  if (!Array.isArray(value)) throw new GeometryProblem('its coordinates are no list');
  return value;
}
