import { findChild, findChildren, type XmlNode } from '../../../io/xml/xml-node.ts';
import { UnsupportedFormatError } from '../../../utils/errors.ts';
import { requireInteger, requireNumber } from '../../vendor-xml.ts';

/** One scanned area of interest (AOI): a rectangle of frames on the stored grid. */
export interface VentanaArea {
  /** First frame on the stored grid. */
  readonly firstCol: number;
  readonly firstRow: number;
  readonly columns: number;
  readonly rows: number;
  /** Level-0 pixels from the left, and from the bottom of the lowest area: stage coordinates. 0 where they are not needed. */
  readonly x: number;
  readonly y: number;
  readonly joints: readonly VentanaJoint[];
}

/** Two frames side by side, counted from the area's top left, and by how many pixels they overlap. */
export interface VentanaJoint {
  readonly horizontal: boolean;
  /** Of the right or the lower one of the two. */
  readonly col: number;
  readonly row: number;
  readonly overlap: number;
  /** 100 is sure. */
  readonly confidence: number;
  readonly joined: boolean;
}

/** What level 0 stores: pixels of a tile, which is a frame, and how many there are. */
export interface StoredFrames {
  readonly width: number;
  readonly height: number;
  readonly columns: number;
  readonly rows: number;
}

interface Facts {
  readonly slide: string;
  readonly stored: StoredFrames;
  /** Whether areas lie at their stage positions. */
  readonly needsStage: boolean;
}

/** Far more than scanners write. */
const MAX_AREAS = 256;
/** Of all areas together. */
const MAX_FRAMES = 2 ** 19;

/**
 * Reads the stitching data of level 0.
 * @throws UnsupportedFormatError where it contradicts itself or the tiles, or an overlap is larger than a tile
 */
export function readEncodeInfo(root: XmlNode, facts: Facts): VentanaArea[] {
  const { slide } = facts;
  const stitch = root.name === 'EncodeInfo' ? findChild(root, 'SlideStitchInfo') : undefined;
  if (!stitch) throw failStitching(slide, `it is <${root.name}> without SlideStitchInfo`);
  const infos = findChildren(stitch, 'ImageInfo');
  const origins = findChild(root, 'AoiOrigin')?.children ?? [];
  if (infos.length === 0 || infos.length !== origins.length)
    throw failStitching(slide, `${infos.length} scanned areas, ${origins.length} origins`);
  const areas: VentanaArea[] = [];
  infos.forEach((info, index) => {
    const origin = origins[index];
    if (origin && requireInteger(info, 'AOIScanned', { slide }) !== 0) areas.push(readArea(info, origin, facts));
  });
  if (areas.length === 0) throw failStitching(slide, 'no area was scanned');
  const frames = areas.reduce((sum, { columns, rows }) => sum + columns * rows, 0);
  if (frames > MAX_FRAMES || areas.length > MAX_AREAS)
    throw failStitching(slide, `${frames} frames in ${areas.length} areas`);
  return areas;
}

function readArea(info: XmlNode, origin: XmlNode, facts: Facts): VentanaArea {
  const { slide, stored, needsStage } = facts;
  const width = requireInteger(info, 'Width', { slide });
  const height = requireInteger(info, 'Height', { slide });
  if (width !== stored.width || height !== stored.height)
    throw failStitching(slide, `tiles of ${width} x ${height} pixels, stored are ${stored.width} x ${stored.height}`);
  const count = { slide, min: 1, max: MAX_FRAMES };
  const grid = { columns: requireInteger(info, 'NumCols', count), rows: requireInteger(info, 'NumRows', count) };
  const originX = requireInteger(origin, 'OriginX', { slide, min: 0 });
  const originY = requireInteger(origin, 'OriginY', { slide, min: 0 });
  if (originX % width !== 0 || originY % height !== 0)
    throw failStitching(slide, `an area starts at ${originX}, ${originY}, which is between tiles`);
  const [firstCol, firstRow] = [originX / width, originY / height];
  if (firstCol + grid.columns > stored.columns || firstRow + grid.rows > stored.rows) {
    const area = `an area of ${grid.columns} x ${grid.rows} tiles from ${firstCol}, ${firstRow} on`;
    throw failStitching(slide, `${area} reaches outside the ${stored.columns} x ${stored.rows} stored tiles`);
  }
  const position = { slide, min: -(2 ** 31), max: 2 ** 31 };
  return {
    ...{ firstCol, firstRow, ...grid },
    x: needsStage ? requireNumber(info, 'Pos-X', position) : 0,
    y: needsStage ? requireNumber(info, 'Pos-Y', position) : 0,
    joints: findChildren(info, 'TileJointInfo').map((joint) => readJoint(joint, grid, facts)),
  };
}

function readJoint(joint: XmlNode, grid: { columns: number; rows: number }, { slide, stored }: Facts): VentanaJoint {
  const tiles = { slide, min: 1, max: grid.columns * grid.rows };
  const one = locate(requireInteger(joint, 'Tile1', tiles), grid);
  const two = locate(requireInteger(joint, 'Tile2', tiles), grid);
  const direction = joint.attributes.get('Direction') ?? '';
  const horizontal = direction === 'RIGHT' || direction === 'LEFT';
  if (!horizontal && direction !== 'UP' && direction !== 'DOWN')
    throw failStitching(slide, `the direction "${direction}"`);
  const across = Math.abs(one.col - two.col);
  const down = Math.abs(one.row - two.row);
  if (across !== (horizontal ? 1 : 0) || down !== (horizontal ? 0 : 1))
    throw failStitching(slide, `tiles at ${one.col}, ${one.row} and ${two.col}, ${two.row} joined ${direction}`);
  // Single joints of iScan scanners are often wrong: only what comes of them all is held against a sharper bound.
  const size = horizontal ? stored.width : stored.height;
  const range = { slide, min: -size, max: size };
  return {
    horizontal,
    ...{ col: Math.max(one.col, two.col), row: Math.max(one.row, two.row) },
    overlap: requireNumber(joint, horizontal ? 'OverlapX' : 'OverlapY', range),
    confidence: requireNumber(joint, 'Confidence', { slide, min: 0, max: 1e6 }),
    joined: joint.attributes.get('FlagJoined') !== '0',
  };
}

/** Tiles are numbered from 1 along the way of the stage: from the bottom left to the right, the next row up to the left. */
function locate(tile: number, { columns, rows }: { columns: number; rows: number }): { col: number; row: number } {
  const line = Math.floor((tile - 1) / columns);
  const along = (tile - 1) % columns;
  return { col: line % 2 === 0 ? along : columns - 1 - along, row: rows - 1 - line };
}

export function failStitching(slide: string, problem: string): UnsupportedFormatError {
  return new UnsupportedFormatError(slide, `the stitching data of a Ventana slide can't be read: ${problem}`, {
    hint: 'the description is damaged; write the file anew with the program that it comes from',
  });
}
