/** The patches of the highest and of the lowest numbers, as a person would look at them. */
import { formatLabels, type SheetLabel } from '../../preprocessing/normalize-files/sheet-labels.ts';
import type { ReadRegionOptions, Slide } from '../../slide/slide.ts';
import { formatScore } from './format-score.ts';
import type { PatchValues } from './patch-values.ts';

export interface PatchSheet {
  readonly patches: PatchValues;
  readonly title: string;
  readonly topK: number;
  readonly bottomK: number;
  readonly onBadTile: ReadRegionOptions['onBadTile'] & {};
  readonly signal: AbortSignal | undefined;
}

/** Pixels: longest side of a patch, between two, and of the words below it; letters stand above their base. */
const CELL = 192;
const GAP = 12;
const WORDS = 34;
const HEAD = 26;
const BASE = 14;
const COLUMNS = 8;

/** A PNG: each patch with its number and the level-0 pixel of its corner, row by row, best first. */
export async function renderSheet(slide: Slide, sheet: PatchSheet): Promise<Uint8Array> {
  const { patches, topK, bottomK, title } = sheet;
  const groups = [
    { name: 'highest', ranked: rankPatches(patches.values, topK, 1) },
    { name: 'lowest', ranked: rankPatches(patches.values, bottomK, -1) },
  ].filter(({ ranked }) => ranked.length > 0);
  const columns = Math.min(COLUMNS, Math.max(...groups.map(({ ranked }) => ranked.length)));
  const width = columns * (CELL + GAP) + GAP;
  const labels: SheetLabel[] = [{ x: GAP, y: BASE + 4, width: width - 2 * GAP, lines: [title] }];
  const cells: Awaited<ReturnType<typeof readCell>>[] = [];
  let top = HEAD;
  for (const { name, ranked } of groups) {
    labels.push({ x: GAP, y: top + BASE, width: width - 2 * GAP, lines: [`${name} ${patches.name}`] });
    top += HEAD;
    for (const [index, patch] of ranked.entries()) {
      const place = {
        left: GAP + (index % columns) * (CELL + GAP),
        top: top + Math.floor(index / columns) * (CELL + WORDS),
      };
      cells.push({ ...(await readCell(slide, patch, sheet)), ...place });
      labels.push({
        x: place.left,
        y: place.top + CELL + BASE,
        width: CELL,
        lines: describePatch(patches, patch, index),
      });
    }
    top += Math.ceil(ranked.length / columns) * (CELL + WORDS) + GAP;
  }
  const words = { input: Buffer.from(formatLabels(labels, { width, height: top })), left: 0, top: 0 };
  const { sharp } = await import('../../io/codec/sharp.ts');
  return sharp({ create: { width, height: top, channels: 3, background: '#ffffff' } })
    .composite([...cells, words])
    .removeAlpha()
    .png({ compressionLevel: 6 })
    .toBuffer();
}

/** Numbers of the patches with the highest values (`sign` 1) or the lowest (-1); of equal ones the first. */
export function rankPatches(values: Float64Array, count: number, sign: 1 | -1): number[] {
  const order = Uint32Array.from(values.keys());
  order.sort((a, b) => sign * ((values[b] ?? 0) - (values[a] ?? 0)) || a - b);
  return [...order.subarray(0, count)];
}

async function readCell(slide: Slide, patch: number, { patches, onBadTile, signal }: PatchSheet) {
  const [x = 0, y = 0] = [patches.x[patch], patches.y[patch]];
  const span = { x: patches.width[patch] ?? 1, y: patches.height[patch] ?? 1 };
  const scale = CELL / Math.max(span.x, span.y);
  const width = Math.max(1, Math.round(span.x * scale));
  const height = Math.max(1, Math.round(span.y * scale));
  const region = { x, y, width, height, downsample: { x: span.x / width, y: span.y / height } };
  const { data } = await slide.readRegionAtDownsample(region, { onBadTile, ...(signal && { signal }) });
  return { input: Buffer.from(data), raw: { width, height, channels: 3 as const }, left: 0, top: 0 };
}

function describePatch({ x, y, values }: PatchValues, patch: number, rank: number): string[] {
  const place = `${Math.round(x[patch] ?? 0)}, ${Math.round(y[patch] ?? 0)}`;
  return [`${rank + 1}.  ${formatScore(values[patch] ?? 0)}`, place];
}
