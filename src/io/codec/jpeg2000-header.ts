import { CodecError } from '../../utils/errors.ts';

/** One component as SIZ describes it. */
export interface CodestreamComponent {
  readonly bits: number;
  readonly signed: boolean;
  /** Subsampling: reference grid points from one sample to the next. */
  readonly dx: number;
  readonly dy: number;
}

/** Coding of one component (COD, COC), as far as it says how many packets there are. */
export interface ComponentCoding {
  /** Wavelet decompositions, 0 to 32. */
  readonly levels: number;
  /** Precinct width and height as exponents of 2, coarsest resolution first. */
  readonly precincts: readonly { readonly x: number; readonly y: number }[];
}

/** What a part of the codestream says of coding: the main header for all tiles, a tile-part's for its tile. */
export interface CodingStyle {
  readonly layers: number;
  /** Components were mixed (RGB to a luminance and two colour differences); a decoder undoes it. */
  readonly mixed: boolean;
  /** By component. */
  readonly components: readonly ComponentCoding[];
}

/** The main header of a JPEG 2000 codestream (ITU-T T.800, annex A). Sizes are on the reference grid. */
export interface CodestreamHeader {
  readonly x0: number;
  readonly y0: number;
  readonly x1: number;
  readonly y1: number;
  readonly tiles: { readonly x0: number; readonly y0: number; readonly width: number; readonly height: number };
  readonly components: readonly CodestreamComponent[];
  readonly coding: CodingStyle;
  /** Offset of the first tile-part. */
  readonly end: number;
}

export const MARKER = {
  Start: 0xff4f,
  Size: 0xff51,
  Coding: 0xff52,
  ComponentCoding: 0xff53,
  TilePart: 0xff90,
  Data: 0xff93,
  End: 0xffd9,
} as const;

/** More components than any tile has: beyond it the header is damaged. */
const MAX_COMPONENTS = 64;

/** Reads the main header. Nothing is allocated that the bytes do not pay for. @throws CodecError */
export function readCodestreamHeader(bytes: Uint8Array): CodestreamHeader {
  const view = viewOf(bytes);
  if (bytes.length < 4 || view.getUint16(0) !== MARKER.Start) fail('no codestream: the start marker (FF4F) is missing');
  if (view.getUint16(2) !== MARKER.Size) fail('the codestream does not begin with its size (SIZ)');
  const segments = listSegments(bytes, 2, MARKER.TilePart);
  const size = segments.found[0];
  if (!size) fail('the codestream does not begin with its size (SIZ)');
  const area = readSize(size.body);
  const coding = readCodingStyle(segments.found, area.components.length, undefined);
  if (!coding) fail('no coding style (COD) in the main header');
  return { ...area, coding, end: segments.end };
}

/** A marker segment; `body` begins behind its length. */
export interface Segment {
  readonly marker: number;
  readonly body: Uint8Array;
}

/** The segments from `at` to the marker `last`, whose offset is `end`. @throws CodecError where one leaves the bytes */
export function listSegments(bytes: Uint8Array, at: number, last: number): { found: Segment[]; end: number } {
  const view = viewOf(bytes);
  const found: Segment[] = [];
  let end = at;
  while (end + 2 <= bytes.length) {
    const marker = view.getUint16(end);
    if (marker === last) return { found, end };
    if (marker < 0xff00 || end + 4 > bytes.length) fail(`no marker at byte ${end}`);
    const length = view.getUint16(end + 2);
    if (length < 2 || end + 2 + length > bytes.length) fail(`the segment at byte ${end} leaves the stream`);
    found.push({ marker, body: bytes.subarray(end + 4, end + 2 + length) });
    end += 2 + length;
  }
  return fail('the stream ends in a header');
}

/**
 * What COD and COC of one header say on top of `inherited`; undefined where nothing says how components are coded.
 * @throws CodecError
 */
export function readCodingStyle(
  segments: readonly Segment[],
  count: number,
  inherited: CodingStyle | undefined,
): CodingStyle | undefined {
  let style = inherited;
  for (const { marker, body } of segments) {
    if (marker !== MARKER.Coding) continue;
    if (body.length < 10) fail('a coding style (COD) that is too short');
    const coding = readComponentCoding(body.subarray(5), ((body[0] ?? 0) & 1) === 1);
    const layers = ((body[2] ?? 0) << 8) | (body[3] ?? 0);
    if (layers === 0) fail('no quality layers');
    style = { layers, mixed: body[4] === 1, components: Array.from({ length: count }, () => coding) };
  }
  for (const { marker, body } of segments) {
    if (marker !== MARKER.ComponentCoding || !style) continue;
    // The component's number takes two bytes only with 257 components and more.
    const [component = count, flags = 0] = body;
    if (component >= count || body.length < 7) fail('a component coding style (COC) of no component');
    const coding = readComponentCoding(body.subarray(2), (flags & 1) === 1);
    style = { ...style, components: style.components.map((one, index) => (index === component ? coding : one)) };
  }
  return style;
}

/** From the number of decompositions on: SPcod and SPcoc are alike. */
function readComponentCoding(body: Uint8Array, ownPrecincts: boolean): ComponentCoding {
  const levels = body[0] ?? 0;
  if (levels > 32) fail(`${levels} decompositions`);
  const sizes = body.subarray(5, 6 + levels);
  if (ownPrecincts && sizes.length <= levels) fail('a coding style that is too short for its precincts');
  const precincts = Array.from({ length: levels + 1 }, (_, r) => {
    const size = ownPrecincts ? (sizes[r] ?? 0) : 0xff;
    return { x: size & 15, y: size >> 4 };
  });
  return { levels, precincts };
}

function readSize(body: Uint8Array): Omit<CodestreamHeader, 'coding' | 'end'> {
  if (body.length < 39) fail('a size (SIZ) that is too short');
  const view = viewOf(body);
  const [x1, y1, x0, y0] = [2, 6, 10, 14].map((at) => view.getUint32(at));
  const [width, height, tileX, tileY] = [18, 22, 26, 30].map((at) => view.getUint32(at));
  const count = view.getUint16(34);
  if (count === 0 || count > MAX_COMPONENTS || body.length < 36 + 3 * count) fail(`${count} components`);
  const components = Array.from({ length: count }, (_, i) => {
    const [depth = 0, dx = 0, dy = 0] = body.subarray(36 + 3 * i, 39 + 3 * i);
    if (dx === 0 || dy === 0) fail('a component with no samples');
    return { bits: (depth & 127) + 1, signed: depth > 127, dx, dy };
  });
  const tiles = { x0: tileX ?? 0, y0: tileY ?? 0, width: width ?? 0, height: height ?? 0 };
  const area = { x0: x0 ?? 0, y0: y0 ?? 0, x1: x1 ?? 0, y1: y1 ?? 0 };
  const sound = area.x1 > area.x0 && area.y1 > area.y0 && tiles.width > 0 && tiles.height > 0;
  if (!sound) fail('a size (SIZ) of no pixels');
  const covers = tiles.x0 + tiles.width > area.x0 && tiles.y0 + tiles.height > area.y0;
  if (tiles.x0 > area.x0 || tiles.y0 > area.y0 || !covers) fail('a first tile beside the picture');
  return { ...area, tiles, components };
}

export function viewOf(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}

function fail(problem: string): never {
  throw new CodecError('jpeg2000', problem);
}
