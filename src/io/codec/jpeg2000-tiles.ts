import { CodecError } from '../../utils/errors.ts';
import {
  type CodestreamHeader,
  type CodingStyle,
  type ComponentCoding,
  listSegments,
  MARKER,
  readCodingStyle,
  viewOf,
} from './jpeg2000-header.ts';

/** Packets that a decoder is asked to walk through: a 4096 x 4096 tile with small precincts and 20 layers has a tenth. */
const MAX_PACKETS = 2 ** 20;
/** A tile-part header and the marker of its data. */
const LEAST_PART = 14;

/**
 * Walks the tile-parts of a codestream (ITU-T T.800, A.4.2) and holds them against its header, before it is decoded: a
 * decoder fills what is missing with grey. Each tile has its parts, none leaves the stream, and there are no more packets
 * than bytes, as each takes one at least. A missing end marker is forgiven where all parts are whole.
 * @throws CodecError
 */
export function checkTileParts(bytes: Uint8Array, header: CodestreamHeader): void {
  const { tiles, x1, y1 } = header;
  const columns = Math.ceil((x1 - tiles.x0) / tiles.width);
  const count = columns * Math.ceil((y1 - tiles.y0) / tiles.height);
  if (count > bytes.length / LEAST_PART) fail(`${count} tiles in ${bytes.length} bytes`);
  const seen = new Map<number, TileState>();
  for (const part of listTileParts(bytes, header.end)) {
    if (part.tile >= count) fail(`a part of tile ${part.tile}, of ${count}`);
    const state = seen.get(part.tile) ?? { parts: 0, promised: 0, coding: header.coding };
    const { found } = listSegments(part.bytes, 12, MARKER.Data);
    const coding = readCodingStyle(found, header.components.length, state.coding) ?? state.coding;
    // The colours of all tiles are converted together.
    if (coding.mixed !== header.coding.mixed) fail(`tile ${part.tile} mixes its components otherwise than the others`);
    seen.set(part.tile, { parts: state.parts + 1, promised: Math.max(state.promised, part.promised), coding });
  }
  let packets = 0;
  for (let tile = 0; tile < count; tile++) {
    const state = seen.get(tile);
    if (!state) fail(`the stream ends before tile ${tile} of ${count}`);
    if (state.parts < state.promised) fail(`${state.parts} of ${state.promised} parts of tile ${tile}`);
    packets += countPackets(header, { col: tile % columns, row: Math.floor(tile / columns) }, state.coding);
    if (packets > Math.min(bytes.length, MAX_PACKETS)) fail(`${packets} packets and more in ${bytes.length} bytes`);
  }
}

interface TileState {
  readonly parts: number;
  /** Parts that the tile says it has; 0 where it does not say. */
  readonly promised: number;
  readonly coding: CodingStyle;
}

interface TilePart {
  readonly tile: number;
  readonly promised: number;
  readonly bytes: Uint8Array;
}

function* listTileParts(bytes: Uint8Array, start: number): Generator<TilePart> {
  const view = viewOf(bytes);
  for (let at = start; at < bytes.length; ) {
    if (at + 2 <= bytes.length && view.getUint16(at) === MARKER.End) return;
    if (at + LEAST_PART > bytes.length) fail(`the stream ends in a tile-part at byte ${at}`);
    if (view.getUint16(at) !== MARKER.TilePart || view.getUint16(at + 2) !== 10) fail(`no tile-part at byte ${at}`);
    const length = view.getUint32(at + 6);
    const end = length === 0 ? findEnd(bytes) : at + length;
    if (end - at < LEAST_PART) fail(`a tile-part of ${end - at} bytes`);
    if (end > bytes.length) fail(`a tile-part ends at byte ${end}, the stream at ${bytes.length}`);
    yield { tile: view.getUint16(at + 4), promised: bytes[at + 11] ?? 0, bytes: bytes.subarray(at, end) };
    at = end;
  }
}

/** A last part without a length goes to the end marker, which nothing else can look like. */
function findEnd(bytes: Uint8Array): number {
  for (let at = bytes.length - 2; at >= 0; at--) if (bytes[at] === 0xff && bytes[at + 1] === 0xd9) return at;
  return fail('no end marker behind a tile-part without a length');
}

/** Packets of a tile (T.800, B.6 to B.9): for each component, resolution, precinct and layer. */
function countPackets(header: CodestreamHeader, at: { col: number; row: number }, coding: CodingStyle): number {
  const { tiles } = header;
  const left = Math.max(tiles.x0 + at.col * tiles.width, header.x0);
  const top = Math.max(tiles.y0 + at.row * tiles.height, header.y0);
  const right = Math.min(tiles.x0 + (at.col + 1) * tiles.width, header.x1);
  const bottom = Math.min(tiles.y0 + (at.row + 1) * tiles.height, header.y1);
  let precincts = 0;
  header.components.forEach(({ dx, dy }, index) => {
    const component = coding.components[index];
    if (!component) return;
    const x = { from: Math.ceil(left / dx), to: Math.ceil(right / dx) };
    const y = { from: Math.ceil(top / dy), to: Math.ceil(bottom / dy) };
    for (let r = 0; r <= component.levels; r++)
      precincts += countAlong(x, component, { r, axis: 'x' }) * countAlong(y, component, { r, axis: 'y' });
  });
  return precincts * coding.layers;
}

/** Precincts along one axis of resolution `r`. */
function countAlong(
  { from, to }: { from: number; to: number },
  { levels, precincts }: ComponentCoding,
  { r, axis }: { r: number; axis: 'x' | 'y' },
): number {
  const scale = 2 ** (levels - r);
  const start = Math.ceil(from / scale);
  const end = Math.ceil(to / scale);
  const size = 2 ** (precincts[r]?.[axis] ?? 15);
  return end > start ? Math.ceil(end / size) - Math.floor(start / size) : 0;
}

function fail(problem: string): never {
  throw new CodecError('jpeg2000', problem);
}
