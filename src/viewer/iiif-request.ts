import { RequestError } from './problem.ts';

/** Of one answer; the larger side is bounded by what JPEG can say. */
export const IIIF_MAX_AREA = 4096 * 4096;
export const IIIF_MAX_SIDE = 16_384;

export interface Size {
  readonly width: number;
  readonly height: number;
}

/** A region in level-0 pixels, whole numbers, inside the image. */
export interface IiifRegion extends Size {
  readonly x: number;
  readonly y: number;
}

const INTEGER = /^\d{1,9}$/;
const DECIMAL = /^\d{1,9}(\.\d{1,10})?$/;

/** IIIF Image API 3.0, 4.1: `full`, `square`, `x,y,w,h`, `pct:x,y,w,h`; cut at the image's edges. @throws RequestError 400 */
export function parseRegion(text: string, image: Size): IiifRegion {
  if (text === 'full') return { x: 0, y: 0, ...image };
  if (text === 'square') {
    const side = Math.min(image.width, image.height);
    const x = Math.floor((image.width - side) / 2);
    return { x, y: Math.floor((image.height - side) / 2), width: side, height: side };
  }
  const share = text.startsWith('pct:');
  const [x, y, width, height] = parseNumbers(share ? text.slice(4) : text, share ? DECIMAL : INTEGER, 4);
  const [acrossX, acrossY] = share ? [image.width / 100, image.height / 100] : [1, 1];
  return cut({ x: x * acrossX, y: y * acrossY, width: width * acrossX, height: height * acrossY }, image);
}

/**
 * IIIF Image API 3.0, 4.2: `max`, `w,`, `,h`, `pct:n`, `w,h`, `!w,h`, each with `^` before it where it may be larger than the
 * region. @throws RequestError 400
 */
export function parseSize(text: string, region: Size): Size {
  const upscale = text.startsWith('^');
  const plain = upscale ? text.slice(1) : text;
  const size = plain === 'max' ? fitMost(region, upscale) : roundSize(readSize(plain, region));
  if (size.width < 1 || size.height < 1) throw new RequestError(400, 'expected a size of at least one pixel');
  if (!upscale && (size.width > region.width || size.height > region.height))
    throw new RequestError(400, 'the size is larger than the region: write ^ before it to have it enlarged');
  const fits = size.width * size.height <= IIIF_MAX_AREA && Math.max(size.width, size.height) <= IIIF_MAX_SIDE;
  if (fits) return size;
  throw new RequestError(400, `expected at most ${IIIF_MAX_AREA} pixels and ${IIIF_MAX_SIDE} on a side`);
}

function readSize(text: string, region: Size): Size {
  const aspect = region.width / region.height;
  if (text.startsWith('pct:')) {
    const [percent] = parseNumbers(text.slice(4), DECIMAL, 1);
    return { width: (region.width * percent) / 100, height: (region.height * percent) / 100 };
  }
  if (text.startsWith('!')) {
    const [width, height] = parseNumbers(text.slice(1), INTEGER, 2);
    const scale = Math.min(width / region.width, height / region.height);
    return { width: region.width * scale, height: region.height * scale };
  }
  if (text.endsWith(',')) {
    const [width] = parseNumbers(text.slice(0, -1), INTEGER, 1);
    return { width, height: Math.ceil(width / aspect) };
  }
  if (text.startsWith(',')) {
    const [height] = parseNumbers(text.slice(1), INTEGER, 1);
    return { width: Math.ceil(height * aspect), height };
  }
  const [width, height] = parseNumbers(text, INTEGER, 2);
  return { width, height };
}

/** As large as it may be: `max` never enlarges, `^max` does. */
function fitMost(region: Size, upscale: boolean): Size {
  const byArea = Math.sqrt(IIIF_MAX_AREA / (region.width * region.height));
  const most = Math.min(byArea, IIIF_MAX_SIDE / Math.max(region.width, region.height));
  const scale = upscale ? most : Math.min(1, most);
  const width = Math.max(1, Math.floor(region.width * scale));
  return { width, height: Math.max(1, Math.floor(region.height * scale)) };
}

function roundSize({ width, height }: Size): Size {
  return { width: Math.round(width), height: Math.round(height) };
}

function cut(region: IiifRegion, image: Size): IiifRegion {
  const x = Math.round(region.x);
  const y = Math.round(region.y);
  const width = Math.min(Math.round(region.x + region.width), image.width) - x;
  const height = Math.min(Math.round(region.y + region.height), image.height) - y;
  if (width > 0 && height > 0) return { x, y, width, height };
  throw new RequestError(400, 'the region holds no pixel of the image');
}

function parseNumbers(text: string, pattern: RegExp, count: 1): [number];
function parseNumbers(text: string, pattern: RegExp, count: 2): [number, number];
function parseNumbers(text: string, pattern: RegExp, count: 4): [number, number, number, number];
function parseNumbers(text: string, pattern: RegExp, count: number): number[] {
  const parts = text.split(',');
  if (parts.length === count && parts.every((part) => pattern.test(part))) return parts.map(Number);
  throw new RequestError(400, `expected ${count} numbers but received ${JSON.stringify(text.slice(0, 80))}`);
}
