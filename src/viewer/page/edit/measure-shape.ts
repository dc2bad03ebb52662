import { computeRingArea } from '../../../geometry/kernels/ring-area.ts';
import type { Drawing, Shape } from './drawing.ts';

/** Level-0 pixels inside the outline and outside the holes. */
export function computeShapeArea({ rings: [outline, ...holes] }: Shape): number {
  if (!outline) return 0;
  return Math.abs(computeRingArea(outline)) - holes.reduce((sum, hole) => sum + Math.abs(computeRingArea(hole)), 0);
}

export function computeDrawingArea({ shapes }: Drawing): number {
  return shapes.reduce((sum, shape) => sum + computeShapeArea(shape), 0);
}

/** For people: mm² where the slide has a pixel size, else level-0 pixels. */
export function formatArea(pixels: number, mpp: { readonly x: number; readonly y: number } | null): string {
  if (!mpp) return `${formatNumber(pixels / 1e6)} Mpx`;
  const mm2 = (pixels * mpp.x * mpp.y) / 1e6;
  if (Math.abs(mm2) < 0.01 && mm2 !== 0) return `${formatNumber(mm2 * 1e6)} µm²`;
  return `${formatNumber(mm2)} mm²`;
}

function formatNumber(value: number): string {
  const digits = Math.abs(value) >= 100 ? 0 : 3;
  return value.toLocaleString('en', { maximumFractionDigits: digits });
}
