/** The heatmap on the slide's thumbnail, with its colours, their meaning, and a scale bar. */
import { formatLabels, type SheetLabel } from '../../preprocessing/normalize-files/sheet-labels.ts';
import { createScaleBar } from '../../preprocessing/tissue-detection/overlay/scale-bar.ts';
import type { ReadRegionOptions, Slide } from '../../slide/slide.ts';
import { type Drawing, drawTiles } from './draw-tiles.ts';
import { formatScore } from './format-score.ts';
import { layOver } from './kernels/color-cells.ts';
import { TILE_SIZE } from './overlay-job.ts';

export interface HeatmapPicture {
  readonly drawing: Drawing;
  readonly title: string;
  /** What the colours are of, line by line. */
  readonly legend: readonly string[];
  /** The number at a share of the colour map. */
  readonly toValue: (share: number) => number;
  /** Longest side of the slide, in pixels. */
  readonly size: number;
  readonly onBadTile: ReadRegionOptions['onBadTile'] & {};
  readonly signal: AbortSignal | undefined;
}

/** Pixels around the slide, of the title's line, and of the column with the colours. */
const MARGIN = 16;
const TITLE = 24;
const COLUMN = 150;
/** The colour bar; shares of it that have a number. */
const BAR = { width: 24, most: 420, least: 120 } as const;
const TICKS = [1, 0.75, 0.5, 0.25, 0] as const;
const LINE = 14;

/** A PNG. Words need a font on the machine; colours, ticks and the scale bar are there without. @throws what reading throws */
export async function renderPicture(slide: Slide, picture: HeatmapPicture): Promise<Uint8Array> {
  const { drawing, size, onBadTile, signal } = picture;
  const { width, height, data } = await slide.readThumbnail(size, { onBadTile, ...(signal && { signal }) });
  const downsample = { x: slide.width / width, y: slide.height / height };
  for (const { column, row, width: pitch, pixels } of drawTiles(drawing, { width, height, downsample }, TILE_SIZE))
    if (pixels) layOver(pixels, pitch, { data, pitch: width, left: column * TILE_SIZE, top: row * TILE_SIZE });
  const head = LINE * (picture.legend.length + 1);
  const bar = Math.max(BAR.least, Math.min(BAR.most, height - head - 2 * MARGIN));
  const canvas = {
    width: width + COLUMN + 3 * MARGIN,
    height: Math.max(height, head + bar + MARGIN) + TITLE + 2 * MARGIN,
  };
  const at = { x: width + 2 * MARGIN, y: TITLE + MARGIN + head };
  const scale = slide.mpp ? createScaleBar({ width, height }, slide.mpp.x * downsample.x) : '';
  const svg = createSvg(canvas, [
    formatWords(picture, canvas, { at, bar }),
    formatTicks(at, bar),
    `<g transform="translate(${MARGIN} ${MARGIN + TITLE})">${scale}</g>`,
  ]);
  const colors = {
    input: Buffer.from(drawBar(drawing.colors.table, bar)),
    raw: { width: BAR.width, height: bar, channels: 3 as const },
  };
  const { sharp } = await import('../../io/codec/sharp.ts');
  return sharp({ create: { ...canvas, channels: 3, background: '#ffffff' } })
    .composite([
      { input: Buffer.from(data), raw: { width, height, channels: 3 }, left: MARGIN, top: MARGIN + TITLE },
      { ...colors, left: at.x, top: at.y },
      { input: Buffer.from(svg), left: 0, top: 0 },
    ])
    .removeAlpha()
    .png({ compressionLevel: 6 })
    .toBuffer();
}

/** The highest on top. */
function drawBar(table: Uint8Array, height: number): Uint8Array {
  const pixels = new Uint8Array(BAR.width * height * 3);
  for (let row = 0; row < height; row++) {
    const entry = Math.round((1 - row / (height - 1)) * 255) * 3;
    for (let column = 0; column < BAR.width; column++)
      pixels.set(table.subarray(entry, entry + 3), (row * BAR.width + column) * 3);
  }
  return pixels;
}

function formatTicks(at: { x: number; y: number }, bar: number): string {
  const ticks = TICKS.map((share) => `M${at.x + BAR.width} ${placeTick(at.y, bar, share)}h5`).join('');
  return [
    `<path d="${ticks}" stroke="#202020"/>`,
    `<rect x="${at.x - 0.5}" y="${at.y - 0.5}" width="${BAR.width + 1}" height="${bar + 1}" fill="none" stroke="#202020"/>`,
  ].join('');
}

/** In the middle of a pixel, so that the line is sharp. */
function placeTick(top: number, bar: number, share: number): number {
  return top + Math.round((1 - share) * (bar - 1)) + 0.5;
}

function formatWords(
  { title, legend, toValue }: HeatmapPicture,
  canvas: { width: number; height: number },
  { at, bar }: { at: { x: number; y: number }; bar: number },
): string {
  const labels: SheetLabel[] = [
    { x: MARGIN, y: MARGIN + LINE, width: canvas.width - 2 * MARGIN, lines: [title] },
    { x: at.x, y: TITLE + MARGIN + LINE - 3, width: COLUMN, lines: legend },
    ...TICKS.map((share) => ({
      x: at.x + BAR.width + 9,
      y: placeTick(at.y, bar, share) + 4,
      width: COLUMN - BAR.width - 9,
      lines: [formatScore(toValue(share))],
    })),
  ];
  return formatLabels(labels, canvas);
}

function createSvg({ width, height }: { width: number; height: number }, parts: readonly string[]): string {
  return `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}">${parts.join('')}</svg>`;
}
