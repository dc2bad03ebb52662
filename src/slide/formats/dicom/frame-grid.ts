import { type FramePositions, readFramePositions } from '../../../io/dicom/frame-positions.ts';
import { TAG } from '../../../io/dicom/tags.ts';
import { DicomError, OptionError, UnsupportedFormatError } from '../../../utils/errors.ts';
import type { WsiImage } from './wsi-image.ts';

/** Which frame is the tile of a column and row. */
export interface FrameGrid {
  readonly columns: number;
  readonly rows: number;
  /** Focal planes that the image has. */
  readonly planes: number;
  /** Optical paths (stains, channels) that the image has; the first is read. */
  readonly paths: number;
  /** Counted over all files of the image; undefined where the image stores none. */
  find(col: number, row: number): number | undefined;
}

/**
 * Of a sparse image: a grid of many more cells than frames is damage, and going through it would take for ever. A slide of
 * 130,000 pixels a side in tiles of 256 has 2^18 cells, of which tissue may fill few.
 */
const MOST_CELLS_PER_FRAME = 32;
const FEW_CELLS = 2 ** 18;

/**
 * TILED_FULL: frames row by row, for each focal plane, for each optical path (PS3.3, C.7.6.17.3). Else each frame says where
 * it lies.
 * @param parts the files of one image, in order
 * @param plane focal plane to read, from 0
 * @throws DicomError, UnsupportedFormatError, OptionError for a plane that is not there
 */
export function createFrameGrid(parts: readonly [WsiImage, ...WsiImage[]], plane: number): FrameGrid {
  const [image] = parts;
  const size = {
    columns: Math.ceil(image.width / image.tileWidth),
    rows: Math.ceil(image.height / image.tileHeight),
  };
  const kind = image.values.readText(TAG.DimensionOrganizationType);
  if (kind === 'TILED_FULL') return createFullGrid(parts, size, plane);
  const positions = parts.map(({ source, head, frames }) => readFramePositions(source.name, head, frames));
  if (positions.every((one) => one !== undefined)) return createSparseGrid(image, positions, { ...size, plane });
  // A label or an overview in one piece needs no word on where it lies.
  if (kind === undefined && size.columns * size.rows === 1) return createFullGrid(parts, size, plane);
  throw new UnsupportedFormatError(
    image.source.name,
    `frames of which nothing says where they lie (${kind ?? 'no type'})`,
  );
}

interface GridSize {
  readonly columns: number;
  readonly rows: number;
}

function createFullGrid(parts: readonly [WsiImage, ...WsiImage[]], size: GridSize, plane: number): FrameGrid {
  const [{ source, values }] = parts;
  const cells = size.columns * size.rows;
  const frames = parts.reduce((sum, part) => sum + part.frames, 0);
  let planes = values.readUint32(TAG.TotalPixelMatrixFocalPlanes) ?? 1;
  let paths =
    values.readUint32(TAG.NumberOfOpticalPaths) ?? Math.max(1, values.readItems(TAG.OpticalPathSequence).length);
  // One picture in all: whatever else is said, there is nothing to choose from.
  if (frames === cells) planes = paths = 1;
  if (frames !== cells * planes * paths) {
    const what = `${size.columns} x ${size.rows} tiles, ${planes} focal planes and ${paths} optical paths`;
    throw new DicomError(source.name, `${frames} frames for ${what}`);
  }
  checkPlane(plane, planes);
  const first = plane * cells;
  return { ...size, planes, paths, find: (col, row) => first + row * size.columns + col };
}

/** Frames above each other are focal planes, lowest first: heights alone say nothing, as a scanner focuses tile by tile. */
function createSparseGrid(
  image: WsiImage,
  parts: readonly FramePositions[],
  { columns, rows, plane }: GridSize & { plane: number },
): FrameGrid {
  const { name } = image.source;
  const count = parts.reduce((sum, { x }) => sum + x.length, 0);
  if (columns * rows > Math.max(FEW_CELLS, count * MOST_CELLS_PER_FRAME))
    throw new DicomError(name, `${count} frames for ${columns} x ${rows} tiles`);
  const paths = [...new Set(parts.flatMap((one) => one.paths))];
  const placed: PlacedFrame[] = [];
  let first = 0;
  for (const { x, y, z, path, paths: names } of parts) {
    for (let frame = 0; frame < x.length; frame++) {
      if (names[path[frame] ?? 0] !== paths[0]) continue;
      const cell = findCell(image, { x: x[frame] ?? 0, y: y[frame] ?? 0, columns, rows });
      placed.push({ cell, z: z[frame] ?? 0, frame: first + frame });
    }
    first += x.length;
  }
  placed.sort((a, b) => a.cell - b.cell || a.z - b.z);
  const { frames, planes } = choosePlane(placed, plane, (cell) => {
    throw new DicomError(name, `two frames at tile ${cell % columns}, ${Math.floor(cell / columns)}`);
  });
  checkPlane(plane, planes);
  return { columns, rows, planes, paths: paths.length, find: (col, row) => frames.get(row * columns + col) };
}

interface PlacedFrame {
  readonly cell: number;
  readonly z: number;
  readonly frame: number;
}

/** The frame of each cell, out of frames in order of cell and height. A cell with fewer planes gives its highest. */
function choosePlane(
  placed: readonly PlacedFrame[],
  plane: number,
  refuseTwins: (cell: number) => never,
): { frames: Map<number, number>; planes: number } {
  const frames = new Map<number, number>();
  let planes = 0;
  let height = 0;
  for (const [index, { cell, z, frame }] of placed.entries()) {
    const below = placed[index - 1];
    const stacked = below?.cell === cell;
    if (stacked && below.z === z) refuseTwins(cell);
    height = stacked ? height + 1 : 1;
    planes = Math.max(planes, height);
    if (height - 1 <= plane) frames.set(cell, frame);
  }
  return { frames, planes };
}

function findCell(image: WsiImage, { x, y, columns, rows }: GridSize & { x: number; y: number }): number {
  const col = x / image.tileWidth;
  const row = y / image.tileHeight;
  if (!Number.isInteger(col) || !Number.isInteger(row))
    throw new UnsupportedFormatError(image.source.name, `a frame at pixel ${x}, ${y}, off the grid of the others`);
  if (col < 0 || row < 0 || col >= columns || row >= rows)
    throw new DicomError(image.source.name, `a frame at pixel ${x}, ${y}, outside the image`);
  return row * columns + col;
}

function checkPlane(plane: number, planes: number): void {
  if (plane >= planes) throw new OptionError('z', `0 to ${planes - 1}, the slide's focal planes`, plane);
}
