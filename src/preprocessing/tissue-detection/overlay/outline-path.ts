import type { Ring } from '../../../geometry/polygon.ts';

/**
 * A ring as SVG path data in picture pixels. Mask outlines are stairs: each corner is cut by at most `cut` pixels (half a
 * mask pixel), which draws slopes as slopes and moves nothing by more than that. Points closer than a quarter of a pixel
 * are dropped, so that the text grows with the picture and not with the slide.
 */
export function createOutlinePath(ring: Ring, scale: { x: number; y: number }, cut: { x: number; y: number }): string {
  const count = ring.length / 2;
  const pointAt = (i: number) => {
    const p = ((i + count) % count) * 2;
    return { x: (ring[p] ?? 0) * scale.x, y: (ring[p + 1] ?? 0) * scale.y };
  };
  const steps: string[] = [];
  let last = { x: -Infinity, y: -Infinity };
  const visit = (point: { x: number; y: number }) => {
    if (Math.abs(point.x - last.x) < 0.25 && Math.abs(point.y - last.y) < 0.25) return;
    steps.push(`${point.x.toFixed(1)} ${point.y.toFixed(1)}`);
    last = point;
  };
  for (let i = 0; i < count; i++) {
    const here = pointAt(i);
    visit(moveTowards(here, pointAt(i - 1), cut));
    visit(moveTowards(here, pointAt(i + 1), cut));
  }
  return steps.length > 1 ? `M${steps.join('L')}Z` : '';
}

/** At most halfway, and at most `limit` along either axis. */
function moveTowards(
  from: { x: number; y: number },
  to: { x: number; y: number },
  limit: { x: number; y: number },
): { x: number; y: number } {
  const dx = to.x - from.x;
  const dy = to.y - from.y;
  const share = Math.min(0.5, limit.x / Math.max(Math.abs(dx), 1e-9), limit.y / Math.max(Math.abs(dy), 1e-9));
  return { x: from.x + dx * share, y: from.y + dy * share };
}
