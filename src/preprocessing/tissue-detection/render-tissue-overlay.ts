/** The picture a person checks first: the slide with the tissue's outline drawn over it. */

import type { Ring } from '../../geometry/polygon.ts';
import type { Raster } from '../../io/raster.ts';
import type { ReadRegionOptions, Slide } from '../../slide/slide.ts';
import { checkInteger, withDefaults } from '../../utils/options.ts';
import { createOutlinePath } from './overlay/outline-path.ts';
import { createScaleBar } from './overlay/scale-bar.ts';
import type { TissueResult } from './tissue-mask.ts';

export interface OverlayOptions extends ReadRegionOptions {
  /** Longest side of the picture in pixels. */
  maxSize?: number;
  /** JPEG quality, 1..100. */
  quality?: number;
}

export const OVERLAY_DEFAULTS = Object.freeze({ maxSize: 1600, quality: 88 } as const satisfies OverlayOptions);

const TISSUE_COLOR = '#00a878';
const HOLE_COLOR = '#f77f00';

/** A JPEG of the slide's thumbnail: outlines green, holes orange, and a scale bar where the slide has a pixel size. */
export async function renderTissueOverlay(
  slide: Slide,
  result: TissueResult,
  options?: OverlayOptions,
): Promise<Uint8Array> {
  const { maxSize, quality, ...read } = withDefaults(OVERLAY_DEFAULTS, options);
  checkInteger('maxSize', maxSize, { min: 1 });
  checkInteger('quality', quality, { min: 1, max: 100 });
  const thumbnail = await slide.readThumbnail(maxSize, read);
  return drawTissueOverlay(thumbnail, { slide, result, quality });
}

/** The same over a picture of the whole slide that the caller already has. */
export async function drawTissueOverlay(
  thumbnail: Raster,
  drawing: { slide: Pick<Slide, 'width' | 'height' | 'mpp'>; result: TissueResult; quality?: number },
): Promise<Uint8Array> {
  const { width, height, channels, data } = thumbnail;
  const svg = createOverlaySvg({ width, height }, drawing);
  const { sharp } = await import('../../io/codec/sharp.ts');
  return sharp(data, { raw: { width, height, channels } })
    .composite([{ input: Buffer.from(svg), left: 0, top: 0 }])
    .jpeg({ quality: drawing.quality ?? OVERLAY_DEFAULTS.quality, chromaSubsampling: '4:4:4' })
    .toBuffer();
}

function createOverlaySvg(
  picture: { width: number; height: number },
  { slide, result }: { slide: Pick<Slide, 'width' | 'height' | 'mpp'>; result: TissueResult },
): string {
  const scale = { x: picture.width / slide.width, y: picture.height / slide.height };
  const { downsample } = result.mask;
  const cut = { x: (downsample.x * scale.x) / 2, y: (downsample.y * scale.y) / 2 };
  const draw = (rings: readonly Ring[]) => rings.map((ring) => createOutlinePath(ring, scale, cut)).join('');
  const outer = draw(result.polygons.map(({ exterior }) => exterior));
  const holes = draw(result.polygons.flatMap((polygon) => polygon.holes));
  const line = Math.max(1, Math.min(picture.width, picture.height) / 380);
  // A white line under the coloured one keeps it readable on dark tissue.
  const strokes = [
    `<path d="${outer}${holes}" stroke="#fff" stroke-opacity="0.8" stroke-width="${(line * 2).toFixed(2)}"/>`,
    `<path d="${outer}" stroke="${TISSUE_COLOR}" stroke-width="${line.toFixed(2)}"/>`,
    `<path d="${holes}" stroke="${HOLE_COLOR}" stroke-width="${line.toFixed(2)}"/>`,
  ];
  const bar = slide.mpp ? createScaleBar(picture, slide.mpp.x / scale.x) : '';
  const size = `width="${picture.width}" height="${picture.height}"`;
  return `<svg xmlns="http://www.w3.org/2000/svg" ${size}><g fill="none" stroke-linejoin="round">${strokes.join('')}</g>${bar}</svg>`;
}
