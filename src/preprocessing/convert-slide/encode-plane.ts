import type { SampleBlock } from '../../io/sample-raster.ts';
import type { Slide } from '../../slide/slide.ts';
import { readAhead } from '../../utils/read-ahead.ts';
import type { Plane } from './choose-planes.ts';
import type { Conversion } from './conversion.ts';
import { pickGrey } from './kernels/sample-tiles.ts';
import { type LevelTarget, LevelWriter } from './level-writer.ts';
import type { PlannedLevel } from './plan-conversion.ts';

/** Bytes of a piece of a row of tiles: the wider, the fewer strips are decoded more than once. */
const PIECE_BYTES = 12 * 2 ** 20;

/** A level and where its tiles go; no target where they are copied. */
export interface EncodedLevel {
  readonly level: PlannedLevel;
  readonly target: LevelTarget | undefined;
}

/**
 * Reads a plane level by level, encodes what is not copied, and makes the levels that the source does not have of the one
 * above them.
 * @param size pixels a side of encoded tiles.
 * @throws TileError, OutputError, RemoteError, AbortedError
 */
export async function encodePlane(
  conversion: Conversion,
  plane: Plane,
  { levels, size }: { levels: readonly EncodedLevel[]; size: number },
): Promise<void> {
  const made = levels.filter(({ level }) => level.source === undefined);
  for (const { level, target } of levels) {
    if (level.source === undefined) continue;
    const below = level.source === 0 ? made : [];
    if (!target && below.length === 0) continue;
    const next = below.reduceRight<LevelWriter | undefined>(
      (coarser, one) => new LevelWriter(conversion, one.level, { target: one.target, size, next: coarser }),
      undefined,
    );
    const writer = new LevelWriter(conversion, level, { target, size, next });
    await feed(conversion, { plane, level, size }, writer);
  }
}

/** A part of a row of tiles, in the level's own pixels. */
interface Piece {
  readonly left: number;
  readonly top: number;
  readonly width: number;
  readonly height: number;
  readonly row: number;
  /** Of its row. */
  readonly last: boolean;
}

async function feed(
  conversion: Conversion,
  { plane, level, size }: { plane: Plane; level: PlannedLevel; size: number },
  writer: LevelWriter,
): Promise<void> {
  const tileBytes = size * size * 3 * (plane.type === 'uint8' ? 1 : 4);
  const most = Math.max(1, Math.floor(PIECE_BYTES / tileBytes)) * size;
  const read = (piece: Piece) => {
    conversion.checkAborted();
    return readPlane(conversion, plane, { level: level.source ?? 0, ...piece });
  };
  for await (const { item, result } of readAhead(listPieces(level, size, most), conversion.ahead, read)) {
    const { left, row, last } = item;
    await writer.take(result, { left, row });
    if (last) await writer.endRow(row);
  }
}

/** @param most pixels of the width of a piece */
function* listPieces({ width, height }: PlannedLevel, size: number, most: number): Generator<Piece> {
  for (let row = 0; row * size < height; row++)
    for (let left = 0; left < width; left += most) {
      const part = { width: Math.min(most, width - left), height: Math.min(size, height - row * size) };
      yield { left, top: row * size, ...part, row, last: left + most >= width };
    }
}

/** A part of a level, in its own pixels. */
async function readPlane(
  { slide, badTiles, settings }: Conversion,
  plane: Plane,
  { level, left, top, width, height }: { level: number; left: number; top: number; width: number; height: number },
): Promise<SampleBlock> {
  const { x, y } = getDownsample(slide, level);
  const region = { x: left * x, y: top * y, level, width, height };
  const { signal } = settings;
  const { onBadTile } = badTiles;
  const options = { ...(signal && { signal }), ...(onBadTile && { onBadTile }) };
  if (plane.kind === 'channel') {
    const raster = await slide.readRegion({ ...region, channel: plane.channel }, options);
    return { ...raster, samples: 1 };
  }
  const { data } = await slide.readRegion(region, options);
  return { width, height, samples: plane.samples, type: 'uint8', data: plane.samples === 1 ? pickGrey(data) : data };
}

function getDownsample({ levels }: Slide, level: number): { readonly x: number; readonly y: number } {
  return levels[level]?.downsample ?? { x: 1, y: 1 };
}
