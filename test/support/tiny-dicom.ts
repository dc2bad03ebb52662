import { createSeededRandom } from './seeded-random.ts';

/** A value to be written: text (several values with backslashes between), numbers, bytes, or the items of a sequence. */
export type TinyValue =
  | string
  | readonly number[]
  | Uint8Array
  | { readonly items: readonly (readonly TinyElement[])[] };
export type TinyElement = readonly [tag: number, vr: string, value: TinyValue];

export interface TinyDicom {
  /** Behind 1.2.840.10008.1.2; `.1` (explicit little endian) by default. */
  readonly syntax?: string;
  readonly width: number;
  readonly height: number;
  readonly tileWidth: number;
  readonly tileHeight: number;
  readonly samples?: 1 | 3;
  readonly bits?: number;
  readonly bitsStored?: number;
  readonly photometric?: string;
  readonly planar?: number;
  /** As stored, in order. */
  readonly frames: readonly Uint8Array[];
  /** Offset table of compressed frames. */
  readonly table?: 'basic' | 'extended' | 'none';
  /** Fragments of each compressed frame. */
  readonly fragments?: number;
  readonly imageType?: string;
  readonly series?: string;
  readonly instance?: string;
  readonly instanceNumber?: number;
  /** `null` leaves it out. */
  readonly organization?: string | null;
  /** Where each frame lies, from 0; with them the frames get functional groups. */
  readonly positions?: readonly {
    readonly x: number;
    readonly y: number;
    readonly z?: number;
    readonly path?: string;
  }[];
  /** Between rows, between columns, in mm; `null` leaves it out. */
  readonly spacing?: readonly [number, number] | null;
  readonly sopClass?: string;
  /** VR of the pixel data. */
  readonly pixelVr?: 'OB' | 'OW';
  /** Sequences and items end with delimiters instead of having a length. */
  readonly delimited?: boolean;
  /** Put in, or put in place of what is there; an empty value takes an element out. */
  readonly elements?: readonly TinyElement[];
}

export const WSI_CLASS = '1.2.840.10008.5.1.4.1.1.77.1.6';
const LONG = new Set(['OB', 'OW', 'OV', 'SQ', 'UN', 'UT']);
const ROOT = '1.2.840.10008.1.2';

interface Writing {
  readonly explicit: boolean;
  readonly little: boolean;
  readonly delimited: boolean;
}

/** A small file of the class VL Whole Slide Microscopy (PS3.10, PS3.3 A.32.8), with what a reader needs and little more. */
export function buildDicom(image: TinyDicom): Uint8Array {
  const { syntax = '.1', delimited = false } = image;
  const writing = { explicit: syntax !== '', little: syntax !== '.2', delimited };
  const meta: Writing = { explicit: true, little: true, delimited: false };
  const head = [encode([0x00020010, 'UI', ROOT + syntax], meta)];
  const elements = new Map(listElements(image).map((element) => [element[0], element]));
  for (const element of image.elements ?? []) elements.set(element[0], element);
  const compressed = syntax.startsWith('.4') || syntax === '.5';
  const pixels = compressed ? encodeFragments(image, elements) : encodeNative(image, writing);
  const sorted = [...elements.values()].sort(([a], [b]) => a - b).filter(([, , value]) => !isEmpty(value));
  const bytes = Buffer.concat([
    new Uint8Array(128),
    Buffer.from('DICM'),
    encode([0x00020000, 'UL', [Buffer.concat(head).length]], meta),
    ...head,
    ...sorted.map((element) => encode(element, writing)),
    pixels,
  ]);
  // Not a Buffer, whose slices share memory.
  return new Uint8Array(bytes);
}

function isEmpty(value: TinyValue): boolean {
  return (typeof value === 'string' || Array.isArray(value)) && value.length === 0;
}

function listElements(image: TinyDicom): TinyElement[] {
  const { samples = 3, bits = 8, spacing = [0.0005, 0.0005], organization = 'TILED_FULL' } = image;
  const bitsStored = image.bitsStored ?? bits;
  const shared: TinyElement[] = spacing
    ? [[0x00289110, 'SQ', { items: [[[0x00280030, 'DS', spacing.join('\\')]]] }]]
    : [];
  return [
    [0x00080008, 'CS', image.imageType ?? 'ORIGINAL\\PRIMARY\\VOLUME\\NONE'],
    [0x00080016, 'UI', image.sopClass ?? WSI_CLASS],
    [0x00080018, 'UI', image.instance ?? '1.2.3.4'],
    [0x0020000e, 'UI', image.series ?? '1.2.3'],
    [0x00200013, 'IS', String(image.instanceNumber ?? 1)],
    [0x00209311, 'CS', organization ?? ''],
    [0x00280002, 'US', [samples]],
    [0x00280004, 'CS', image.photometric ?? (samples === 3 ? 'RGB' : 'MONOCHROME2')],
    [0x00280006, 'US', [image.planar ?? 0]],
    [0x00280008, 'IS', String(image.frames.length)],
    [0x00280010, 'US', [image.tileHeight]],
    [0x00280011, 'US', [image.tileWidth]],
    [0x00280100, 'US', [bits]],
    [0x00280101, 'US', [bitsStored]],
    [0x00280102, 'US', [bitsStored - 1]],
    [0x00280103, 'US', [0]],
    [0x00480006, 'UL', [image.width]],
    [0x00480007, 'UL', [image.height]],
    [0x52009229, 'SQ', { items: [shared] }],
    ...(image.positions
      ? ([[0x52009230, 'SQ', { items: image.positions.map(describePosition) }]] as TinyElement[])
      : []),
  ];
}

function describePosition({ x, y, z, path }: NonNullable<TinyDicom['positions']>[number]): TinyElement[] {
  const place: TinyElement[] = [
    [0x0048021e, 'SL', [x + 1]],
    [0x0048021f, 'SL', [y + 1]],
  ];
  if (z !== undefined) place.unshift([0x0040074a, 'DS', String(z)]);
  const groups: TinyElement[] = [[0x0048021a, 'SQ', { items: [place] }]];
  if (path !== undefined) groups.unshift([0x00480207, 'SQ', { items: [[[0x00480106, 'SH', path]]] }]);
  return groups;
}

function encodeNative(image: TinyDicom, writing: Writing): Uint8Array {
  return encode([0x7fe00010, image.pixelVr ?? 'OB', Buffer.concat(image.frames)], writing);
}

/** Also puts the extended offset table in. */
function encodeFragments(image: TinyDicom, elements: Map<number, TinyElement>): Uint8Array {
  const { frames, table = 'basic', fragments = 1 } = image;
  const items = frames.map((frame) => {
    const size = Math.ceil(frame.length / fragments / 2) * 2;
    return Array.from({ length: fragments }, (_, i) => createItem(frame.subarray(i * size, (i + 1) * size)));
  });
  const offsets: number[] = [];
  let at = 0;
  for (const item of items) {
    offsets.push(at);
    at += Buffer.concat(item).length;
  }
  if (table === 'extended') {
    elements.set(0x7fe00001, [0x7fe00001, 'OV', longs(offsets)]);
    elements.set(0x7fe00002, [0x7fe00002, 'OV', longs(frames.map(({ length }) => length))]);
  }
  const basic = Buffer.alloc(table === 'basic' ? offsets.length * 4 : 0);
  if (table === 'basic') for (const [i, offset] of offsets.entries()) basic.writeUInt32LE(offset, i * 4);
  const start = Buffer.from([0xe0, 0x7f, 0x10, 0x00, 0x4f, 0x42, 0, 0, 0xff, 0xff, 0xff, 0xff]);
  const end = Buffer.from([0xfe, 0xff, 0xdd, 0xe0, 0, 0, 0, 0]);
  return Buffer.concat([start, createItem(basic), ...items.flat(), end]);
}

function createItem(bytes: Uint8Array): Uint8Array {
  const header = Buffer.from([0xfe, 0xff, 0x00, 0xe0, 0, 0, 0, 0]);
  header.writeUInt32LE(bytes.length + (bytes.length % 2), 4);
  return Buffer.concat([header, bytes, new Uint8Array(bytes.length % 2)]);
}

function longs(values: readonly number[]): Uint8Array {
  const bytes = Buffer.alloc(values.length * 8);
  for (const [i, value] of values.entries()) bytes.writeBigUInt64LE(BigInt(value), i * 8);
  return bytes;
}

function encode([tag, vr, value]: TinyElement, writing: Writing): Uint8Array {
  const { explicit, little } = writing;
  const delimited = writing.delimited && typeof value === 'object' && 'items' in value;
  const body = encodeValue(vr, value, writing);
  const bytes = body.length % 2 === 0 ? body : Buffer.concat([body, Buffer.from(vr === 'UI' ? '\0' : ' ')]);
  const length = delimited ? 0xffffffff : bytes.length;
  const header = Buffer.alloc(explicit && LONG.has(vr) ? 12 : 8);
  writeTag(header, tag, little);
  if (explicit) header.write(vr, 4, 'latin1');
  if (!explicit) write32(header, length, 4, little);
  else if (LONG.has(vr)) write32(header, length, 8, little);
  else if (little) header.writeUInt16LE(length, 6);
  else header.writeUInt16BE(length, 6);
  return Buffer.concat([header, bytes, delimited ? encodeMark(0xfffee0dd, 0, little) : Buffer.alloc(0)]);
}

function encodeMark(tag: number, length: number, little: boolean): Buffer {
  const mark = Buffer.alloc(8);
  writeTag(mark, tag, little);
  write32(mark, length, 4, little);
  return mark;
}

function writeTag(bytes: Buffer, tag: number, little: boolean): void {
  if (little) bytes.writeUInt32LE(((tag & 0xffff) * 0x10000 + (tag >>> 16)) >>> 0);
  else bytes.writeUInt32BE(tag >>> 0);
}

function write32(bytes: Buffer, value: number, at: number, little: boolean): void {
  if (little) bytes.writeUInt32LE(value, at);
  else bytes.writeUInt32BE(value, at);
}

const WIDTHS: Readonly<Record<string, number>> = { US: 2, SS: 2, UL: 4, SL: 4, FL: 4 };

function encodeValue(vr: string, value: TinyValue, writing: Writing): Uint8Array {
  if (typeof value === 'string') return Buffer.from(value, 'utf8');
  if (value instanceof Uint8Array) return value;
  if ('items' in value) {
    const items = value.items.map((item) => Buffer.concat(item.map((element) => encode(element, writing))));
    return Buffer.concat(
      items.flatMap((item) =>
        writing.delimited
          ? [encodeMark(0xfffee000, 0xffffffff, writing.little), item, encodeMark(0xfffee00d, 0, writing.little)]
          : [encodeMark(0xfffee000, item.length, writing.little), item],
      ),
    );
  }
  const width = WIDTHS[vr] ?? 4;
  const bytes = Buffer.alloc(value.length * width);
  value.forEach((number, i) => {
    if (vr === 'FL') writing.little ? bytes.writeFloatLE(number, i * 4) : bytes.writeFloatBE(number, i * 4);
    else if (width === 4) write32(bytes, number >>> 0, i * 4, writing.little);
    else if (writing.little) bytes.writeUInt16LE(number, i * 2);
    else bytes.writeUInt16BE(number, i * 2);
  });
  return bytes;
}

/** A picture of noise, cut into frames row by row; what frames hold beyond its edge is noise too. */
export function createNoiseFrames(
  size: Pick<TinyDicom, 'width' | 'height' | 'tileWidth' | 'tileHeight'> & { samples?: 1 | 3 },
  seed = 'dicom',
): { pixels: Uint8Array; frames: Uint8Array[] } {
  const { width, height, tileWidth, tileHeight, samples = 3 } = size;
  const random = createSeededRandom(seed);
  const pixels = new Uint8Array(width * height * samples);
  const columns = Math.ceil(width / tileWidth);
  const frames = Array.from({ length: columns * Math.ceil(height / tileHeight) }, (_, index) => {
    const frame = Uint8Array.from({ length: tileWidth * tileHeight * samples }, () => random.integer(0, 255));
    const left = (index % columns) * tileWidth;
    const top = Math.floor(index / columns) * tileHeight;
    for (let y = 0; y < Math.min(tileHeight, height - top); y++) {
      const row = frame.subarray(
        y * tileWidth * samples,
        (y * tileWidth + Math.min(tileWidth, width - left)) * samples,
      );
      pixels.set(row, ((top + y) * width + left) * samples);
    }
    return frame;
  });
  return { pixels, frames };
}
