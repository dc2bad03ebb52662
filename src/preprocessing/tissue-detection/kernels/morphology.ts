/**
 * Dilation and erosion of binary masks (bytes 0 and 1) under OpenCV's rules: the anchor is size >> 1, dilation and
 * erosion look at the same window (the kernel is not mirrored), and what lies outside the image never wins.
 */
import type { Plane } from './plane.ts';

/** For each kernel row, top to bottom: the window covers columns x + start .. x + end - 1 of row y + dy. */
export interface MorphologyKernel {
  readonly rows: readonly { readonly dy: number; readonly start: number; readonly end: number }[];
}

export function createRectKernel(size: number): MorphologyKernel {
  const anchor = size >> 1;
  return {
    rows: Array.from({ length: size }, (_, i) => ({ dy: i - anchor, start: -anchor, end: size - anchor })),
  };
}

/** OpenCV's `getStructuringElement(MORPH_ELLIPSE)`; 5 x 5 has 17 ones, not 25. */
export function createEllipseKernel(size: number): MorphologyKernel {
  const radius = size >> 1;
  const rows = Array.from({ length: size }, (_, i) => {
    const dy = i - radius;
    const reach = radius === 0 ? 0 : roundHalfEven(Math.sqrt(radius * radius - dy * dy));
    return { dy, start: -Math.min(reach, radius), end: Math.min(reach + 1, size - radius) };
  });
  return { rows };
}

export function dilate(mask: Plane, kernel: MorphologyKernel): Uint8Array {
  return spread(mask, kernel, 1);
}

export function erode(mask: Plane, kernel: MorphologyKernel): Uint8Array {
  return spread(mask, kernel, 0);
}

/** Erosion, then dilation: removes what the kernel does not fit into. */
export function open(mask: Plane, kernel: MorphologyKernel): Uint8Array {
  return dilate({ ...mask, data: erode(mask, kernel) }, kernel);
}

/** Dilation, then erosion: fills gaps that the kernel does not fit into. */
export function close(mask: Plane, kernel: MorphologyKernel): Uint8Array {
  return erode({ ...mask, data: dilate(mask, kernel) }, kernel);
}

/** `value` wins: a pixel takes it where any window pixel inside the image has it. */
function spread({ width, height, data }: Plane, kernel: MorphologyKernel, value: 0 | 1): Uint8Array {
  const out = new Uint8Array(data.length).fill(1 - value);
  // Kernel rows of equal span share one horizontal pass over the whole image.
  for (const { start, end, dys } of groupBySpan(kernel)) {
    const wide = new Uint8Array(width);
    for (let y = 0; y < height; y++) {
      spreadRow(data, y * width, { width, start, end, value }, wide);
      for (const dy of dys) {
        const target = (y - dy) * width;
        if (target < 0 || target >= data.length) continue;
        for (let x = 0; x < width; x++) if (wide[x]! !== 0) out[target + x] = value;
      }
    }
  }
  return out;
}

/** wide[x] is 1 where row[x + start .. x + end - 1] holds `value`. */
function spreadRow(
  data: Uint8Array,
  row: number,
  span: { width: number; start: number; end: number; value: 0 | 1 },
  wide: Uint8Array,
): void {
  const { width, start, end, value } = span;
  let count = 0;
  for (let x = Math.max(0, start); x < Math.min(end - 1, width); x++) if (data[row + x]! === value) count++;
  for (let x = 0; x < width; x++) {
    const entering = x + end - 1;
    if (entering >= 0 && entering < width && data[row + entering]! === value) count++;
    wide[x] = count > 0 ? 1 : 0;
    const leaving = x + start;
    if (leaving >= 0 && leaving < width && data[row + leaving]! === value) count--;
  }
}

function groupBySpan(kernel: MorphologyKernel): { start: number; end: number; dys: number[] }[] {
  const groups = new Map<string, { start: number; end: number; dys: number[] }>();
  for (const { dy, start, end } of kernel.rows) {
    const key = `${start},${end}`;
    const group = groups.get(key);
    if (group) group.dys.push(dy);
    else groups.set(key, { start, end, dys: [dy] });
  }
  return [...groups.values()];
}

function roundHalfEven(value: number): number {
  const floor = Math.floor(value);
  const rest = value - floor;
  if (rest !== 0.5) return Math.round(value);
  return floor % 2 === 0 ? floor : floor + 1;
}
