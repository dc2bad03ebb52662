/** How the report writes what a slide is. */
import { formatCount, formatDecimal, NONE } from '../../utils/format-values.ts';
import type { ReportSlide } from './report-data.ts';

export function formatMpp(mpp: ReportSlide['mpp']): string {
  if (!mpp) return 'unknown';
  const [x, y] = [mpp.x, mpp.y].map((value) => String(Math.round(value * 10_000) / 10_000));
  return `${x === y ? x : `${x} × ${y}`} µm/px (${mpp.source})`;
}

export function formatSize({ width, height, mpp }: ReportSlide): string {
  if (width === undefined || height === undefined) return NONE;
  const pixels = `${formatCount(width)} × ${formatCount(height)} px`;
  if (!mpp) return pixels;
  return `${pixels}, ${formatDecimal((width * mpp.x) / 1000, 2)} × ${formatDecimal((height * mpp.y) / 1000, 2)} mm`;
}
