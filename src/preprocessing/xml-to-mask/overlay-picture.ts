/** The picture a person checks first: the mask in colours over the slide's thumbnail, with what they mean. */
import type { ReadRegionOptions, Slide } from '../../slide/slide.ts';
import { checkInteger, withDefaults } from '../../utils/options.ts';
import { createScaleBar } from '../tissue-detection/overlay/scale-bar.ts';
import type { MaskShape } from './annotation.ts';
import { tintPixels } from './kernels/tint-pixels.ts';
import { getLabelColor } from './label-colors.ts';
import type { MaskLabel } from './mask-job.ts';
import type { PaintSettings } from './options.ts';
import { paintWhole } from './paint-whole.ts';

export interface MaskOverlayOptions extends ReadRegionOptions {
  /** Longest side of the picture in pixels. */
  maxSize?: number;
  /** JPEG quality, 1..100. */
  quality?: number;
}

export const MASK_OVERLAY_DEFAULTS = Object.freeze({
  maxSize: 1600,
  quality: 88,
} as const satisfies MaskOverlayOptions);

/** Labels that the legend names; more are counted. */
const MOST_NAMED = 20;
/** Share of the colour inside a mask, in 256ths; its edge has all of it. */
const TINT = 90;

/** A JPEG: mask pixels tinted, their edges in full colour, a legend, and a scale bar where the slide has a pixel size. */
export async function renderMaskOverlay(
  slide: Slide,
  { shapes, labels, rule }: { shapes: readonly MaskShape[]; labels: readonly MaskLabel[]; rule: PaintSettings['rule'] },
  options?: MaskOverlayOptions,
): Promise<Uint8Array> {
  const { maxSize, quality, ...read } = withDefaults(MASK_OVERLAY_DEFAULTS, options);
  checkInteger('maxSize', maxSize, { min: 1 });
  checkInteger('quality', quality, { min: 1, max: 100 });
  const { width, height, data } = await slide.readThumbnail(maxSize, read);
  const scale = { x: slide.width / width, y: slide.height / height };
  const mask = paintWhole(shapes, { width, height, downsample: scale }, { rule });
  tintPixels(data, mask, { width, height, colors: listColors(labels), tint: TINT });
  const bar = slide.mpp ? createScaleBar({ width, height }, slide.mpp.x * scale.x) : '';
  const svg = `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}">${createLegend(labels, { width, height })}${bar}</svg>`;
  const { sharp } = await import('../../io/codec/sharp.ts');
  return sharp(data, { raw: { width, height, channels: 3 } })
    .composite([{ input: Buffer.from(svg), left: 0, top: 0 }])
    .jpeg({ quality, chromaSubsampling: '4:4:4' })
    .toBuffer();
}

/** Three bytes for each value. */
function listColors(labels: readonly MaskLabel[]): Uint8Array {
  const colors = new Uint8Array(256 * 3);
  for (let value = 1; value < 256; value++) colors.set(getLabelColor({ value }), value * 3);
  for (const label of labels) colors.set(getLabelColor(label), label.value * 3);
  return colors;
}

/** Top right. Its words need a font on the machine; the colours are there without. */
export function createLegend(
  labels: readonly MaskLabel[],
  { width, height }: { width: number; height: number },
): string {
  const shown = labels.filter(({ value }) => value > 0);
  if (shown.length === 0) return '';
  const unit = Math.max(8, Math.min(width, height) / 55);
  const names = shown.slice(0, MOST_NAMED).map(({ name, value }) => `${value}  ${shorten(name)}`);
  const more = shown.length > MOST_NAMED ? [`and ${shown.length - MOST_NAMED} more`] : [];
  const lines = [...names, ...more];
  const box = {
    width: (Math.max(...lines.map((line) => line.length)) * 0.62 + 2.6) * unit,
    height: (lines.length * 1.5 + 0.8) * unit,
  };
  const left = width - box.width - unit;
  const rows = lines.map((line, index) => {
    const y = unit * (1.6 + index * 1.5);
    const label = index < names.length ? shown[index] : undefined;
    const swatch = label
      ? `<rect x="${(left + unit * 0.6).toFixed(1)}" y="${y.toFixed(1)}" width="${unit.toFixed(1)}" height="${unit.toFixed(1)}" fill="rgb(${getLabelColor(label).join()})"/>`
      : '';
    return `${swatch}<text x="${(left + unit * 2).toFixed(1)}" y="${(y + unit * 0.88).toFixed(1)}">${escapeXml(line)}</text>`;
  });
  const frame = `<rect x="${left.toFixed(1)}" y="${unit.toFixed(1)}" width="${box.width.toFixed(1)}" height="${box.height.toFixed(1)}" rx="4" fill="#fff" fill-opacity="0.85"/>`;
  return `<g font-family="sans-serif" font-size="${unit.toFixed(1)}" fill="#1b1f24">${frame}${rows.join('')}</g>`;
}

function shorten(name: string): string {
  return name.length > 40 ? `${name.slice(0, 39)}…` : name;
}

function escapeXml(text: string): string {
  const known = text.replace(/[\p{Cc}\p{Cs}\ufffe\uffff]/gu, '');
  return known.replace(/[<>&"]/g, (one) => `&#${one.codePointAt(0)};`);
}
