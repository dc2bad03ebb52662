import { readFileSync } from 'node:fs';
import type { Polygon, Ring } from '../../src/geometry/polygon.ts';
import { sharp } from '../../src/io/codec/sharp.ts';
import type { Raster } from '../../src/io/raster.ts';
import { sharedPath } from '../support/shared-data.ts';

export interface GoldenEntry {
  readonly id: string;
  readonly area: string;
  readonly params: Record<string, never> | string;
  readonly inputs: Record<string, string>;
  readonly outputs: Record<string, { path: string; shape: number[] }>;
  // biome-ignore lint/suspicious/noExplicitAny: values differ by entry
  readonly values: any;
}

let entries: GoldenEntry[] | undefined;

/** The entry with this id (and area, where ids repeat); values in a side file are read in. */
export function readGolden(id: string, area?: string): GoldenEntry {
  entries ??= JSON.parse(readFileSync(sharedPath('golden', 'index.json'), 'utf8')).entries as GoldenEntry[];
  const entry = entries.find((candidate) => candidate.id === id && (area === undefined || candidate.area === area));
  if (!entry) throw new Error(`no golden ${id}`);
  const file = entry.values?.$file as string | undefined;
  return file ? { ...entry, values: JSON.parse(readFileSync(sharedPath('golden', file), 'utf8')) } : entry;
}

/** RGB of a golden input; alpha is dropped, not blended. */
export async function readGoldenRgb(path: string): Promise<Raster> {
  const image = sharp(sharedPath('golden', path)).removeAlpha().toColourspace('srgb').raw();
  const { data, info } = await image.toBuffer({ resolveWithObject: true });
  return { width: info.width, height: info.height, channels: 3, data: new Uint8Array(data) };
}

/** One channel of a golden output as stored. */
export async function readGoldenPlane(path: string): Promise<{ width: number; height: number; data: Uint8Array }> {
  const image = sharp(sharedPath('golden', path)).extractChannel(0).toColourspace('b-w').raw();
  const { data, info } = await image.toBuffer({ resolveWithObject: true });
  return { width: info.width, height: info.height, data: new Uint8Array(data) };
}

export function countDifferent(a: Uint8Array, b: Uint8Array): number {
  if (a.length !== b.length) throw new Error(`lengths ${a.length} and ${b.length}`);
  let count = 0;
  for (let i = 0; i < a.length; i++) if (a[i] !== b[i]) count++;
  return count;
}

/** Intersection over union of what is not 0; two empty masks agree. */
export function computeIou(a: Uint8Array, b: Uint8Array): number {
  if (a.length !== b.length) throw new Error(`lengths ${a.length} and ${b.length}`);
  let both = 0;
  let either = 0;
  for (let i = 0; i < a.length; i++) {
    if (a[i] && b[i]) both++;
    if (a[i] || b[i]) either++;
  }
  return either === 0 ? 1 : both / either;
}

export function toRing(points: readonly (readonly number[])[]): Ring {
  return Float64Array.from(points.flat());
}

/** Even-odd fill at pixel centres, every `step` level-0 pixels: an oracle that shares no code with the detector. */
export function fillPolygons(polygons: readonly Polygon[], size: { width: number; height: number; step: number }) {
  const width = Math.ceil(size.width / size.step);
  const height = Math.ceil(size.height / size.step);
  const mask = new Uint8Array(width * height);
  for (const { exterior, holes } of polygons) {
    const rows = Array.from({ length: height }, (): number[] => []);
    for (const ring of [exterior, ...holes]) crossRows(ring, size.step, rows);
    for (const [row, crossings] of rows.entries()) {
      crossings.sort((a, b) => a - b);
      for (let i = 0; i + 1 < crossings.length; i += 2) {
        const from = Math.max(0, Math.ceil(crossings[i]! / size.step - 0.5));
        const to = Math.min(width, Math.ceil(crossings[i + 1]! / size.step - 0.5));
        mask.fill(1, row * width + from, row * width + Math.max(from, to));
      }
    }
  }
  return mask;
}

/** Adds to the list of each row where the ring crosses the row's centre. */
function crossRows(ring: Ring, step: number, rows: readonly number[][]): void {
  for (let i = 0, j = ring.length - 2; i < ring.length; j = i, i += 2) {
    const [xa, ya, xb, yb] = [ring[j]!, ring[j + 1]!, ring[i]!, ring[i + 1]!];
    const last = Math.min(rows.length - 1, Math.ceil(Math.max(ya, yb) / step));
    for (let row = Math.max(0, Math.floor(Math.min(ya, yb) / step) - 1); row <= last; row++) {
      const y = (row + 0.5) * step;
      if (ya <= y !== yb <= y) rows[row]!.push(xa + ((y - ya) / (yb - ya)) * (xb - xa));
    }
  }
}
