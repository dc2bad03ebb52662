import { CodecError } from '../../utils/errors.ts';
import type { ByteSource } from '../source/byte-source.ts';
import { PHOTOMETRIC } from '../tiff/tags.ts';
import { readExif } from './exif.ts';
import type { ImageFacts } from './image-facts.ts';

/** Segments before the first scan: a colour profile may take 255 of them. */
const MAX_SEGMENTS = 2048;

const MARKER = { StartOfScan: 0xda, Jfif: 0xe0, Exif: 0xe1, Icc: 0xe2, Adobe: 0xee } as const;

interface Frame {
  readonly precision: number;
  readonly width: number;
  readonly height: number;
  /** One id each. */
  readonly components: Uint8Array;
}

interface Found {
  frame?: Frame;
  jfif?: Uint8Array;
  exif?: Uint8Array;
  adobeTransform?: number;
  /** By sequence number, from 1. */
  icc: Map<number, Uint8Array>;
}

/** Headers of a plain JPEG: frame, density, orientation, colour profile (ITU T.81, JFIF 1.02, ICC.1 annex B). */
export async function readJpegFacts(source: ByteSource): Promise<ImageFacts> {
  const found: Found = { icc: new Map() };
  let at = 2;
  for (let count = 0; ; count++) {
    if (count >= MAX_SEGMENTS) throw new CodecError('jpeg', `more than ${MAX_SEGMENTS} segments before the first scan`);
    const head = await source.read(at, 4);
    const marker = head[1] ?? 0;
    if (head[0] !== 0xff) throw new CodecError('jpeg', `no marker at byte ${at}`);
    if (marker === 0xff) {
      // A fill byte.
      at++;
      continue;
    }
    if (marker === MARKER.StartOfScan) break;
    const length = ((head[2] ?? 0) << 8) | (head[3] ?? 0);
    if (length < 2) throw new CodecError('jpeg', `a segment of ${length} bytes at ${at}`);
    if (isWanted(marker)) takeSegment(found, marker, await source.read(at + 4, length - 2));
    at += 2 + length;
  }
  if (!found.frame) throw new CodecError('jpeg', 'no frame header before the first scan');
  return describe(found, found.frame);
}

function isWanted(marker: number): boolean {
  return isFrame(marker) || (marker >= MARKER.Jfif && marker <= MARKER.Icc) || marker === MARKER.Adobe;
}

/** SOF0 to SOF15 without DHT (C4), JPG (C8) and DAC (CC). */
function isFrame(marker: number): boolean {
  return marker >= 0xc0 && marker <= 0xcf && marker !== 0xc4 && marker !== 0xc8 && marker !== 0xcc;
}

function takeSegment(found: Found, marker: number, body: Uint8Array): void {
  const starts = (text: string) => Buffer.from(body.subarray(0, text.length)).toString('latin1') === text;
  if (isFrame(marker)) found.frame ??= readFrame(body);
  else if (marker === MARKER.Jfif && starts('JFIF\0') && body.length >= 12) found.jfif = body;
  else if (marker === MARKER.Exif && starts('Exif\0\0')) found.exif ??= body;
  else if (marker === MARKER.Icc && starts('ICC_PROFILE\0')) found.icc.set(body[12] ?? 0, body.subarray(14));
  else if (marker === MARKER.Adobe && starts('Adobe') && body.length >= 12) found.adobeTransform = body[11] ?? 0;
}

function readFrame(body: Uint8Array): Frame {
  const count = body[5] ?? 0;
  if (body.length < 6 + 3 * count || count === 0) throw new CodecError('jpeg', 'a frame header that is too short');
  const view = new DataView(body.buffer, body.byteOffset, body.byteLength);
  const components = Uint8Array.from({ length: count }, (_, index) => body[6 + 3 * index] ?? 0);
  return { precision: view.getUint8(0), height: view.getUint16(1), width: view.getUint16(3), components };
}

async function describe({ jfif, exif, adobeTransform, icc }: Found, frame: Frame): Promise<ImageFacts> {
  const { width, height, precision, components } = frame;
  const { orientation, resolution } = await readExif(exif);
  const grey = components.length === 1;
  const profile = [...icc].sort(([a], [b]) => a - b).map(([, part]) => part);
  return {
    kind: 'jpeg',
    ...{ width, height, bitDepth: precision },
    channels: grey ? 1 : 3,
    photometric: grey
      ? PHOTOMETRIC.BlackIsZero
      : isRgb({ jfif, adobeTransform, components })
        ? PHOTOMETRIC.Rgb
        : PHOTOMETRIC.YCbCr,
    orientation,
    resolution: (jfif && readDensity(jfif)) ?? resolution,
    iccProfile: profile.length > 0 ? new Uint8Array(Buffer.concat(profile)) : undefined,
    unsupported:
      components.length === 4
        ? 'four components (CMYK)'
        : !grey && components.length !== 3
          ? `${components.length} components`
          : height === 0
            ? 'the height stands behind the first scan (DNL)'
            : undefined,
  };
}

/** What libjpeg takes three components for: JFIF is YCbCr, an Adobe segment says, else the ids "R", "G", "B" are RGB. */
function isRgb({
  jfif,
  adobeTransform,
  components,
}: {
  jfif: unknown;
  adobeTransform: unknown;
  components: Uint8Array;
}) {
  if (jfif) return false;
  if (adobeTransform !== undefined) return adobeTransform === 0;
  return Buffer.from(components).toString('latin1') === 'RGB';
}

/** Units 1 and 2 are inch and centimetre; 0 gives a mere aspect. */
function readDensity(jfif: Uint8Array): ImageFacts['resolution'] {
  const view = new DataView(jfif.buffer, jfif.byteOffset, jfif.byteLength);
  const unit = view.getUint8(7);
  if (unit !== 1 && unit !== 2) return undefined;
  return { x: view.getUint16(8), y: view.getUint16(10), unit: unit === 1 ? 2 : 3 };
}
