import type { TiffDirectory } from '../../../io/tiff/directory.ts';
import type { TileIndex } from '../../../io/tiff/tiff-image.ts';
import { NDPI_TAG } from './ndpi-tags.ts';
import type { StreamHead, Strip } from './read-stream-head.ts';
import { scanRestarts } from './scan-restarts.ts';

/** A page's picture, and how many restart intervals its stream has. */
export interface IntervalSource {
  readonly directory: TiffDirectory;
  readonly strip: Strip;
  readonly stream: StreamHead;
  readonly total: number;
}

/** Restart intervals as tiles: offsets are those of the markers before the data. In shared memory. */
export async function findIntervals(page: IntervalSource): Promise<TileIndex> {
  const { strip, total } = page;
  const starts = (await readListedStarts(page)) ?? (await scanStarts(page));
  const offsets = new Float64Array(new SharedArrayBuffer(8 * total));
  const counts = new Float64Array(new SharedArrayBuffer(8 * total));
  for (let i = 0; i < total; i++) {
    const from = (starts[i] ?? Number.NaN) - 2;
    const length = (starts[i + 1] ?? Number.NaN) - 2 - from;
    const inside = from >= strip.offset && length >= 2 && from + length <= strip.offset + strip.count;
    offsets[i] = inside ? from : Number.NaN;
    counts[i] = inside ? length : Number.NaN;
  }
  return { offsets, counts };
}

/**
 * File offsets from tag 65426, whose values are low words where tag 65432 has the high ones. Without those, a stream of
 * more than 4 GiB wraps around.
 * @returns undefined where the tag is absent, too short, damaged, or speaks of another stream
 */
async function readListedStarts({
  directory,
  strip,
  stream,
  total,
}: IntervalSource): Promise<Float64Array | undefined> {
  if ((directory.fields.get(NDPI_TAG.McuStarts)?.count ?? 0) < total || !areSound(directory)) return undefined;
  const low = await directory.readNumbers(NDPI_TAG.McuStarts);
  const high = await directory.readNumbers(NDPI_TAG.McuStartsHighWords);
  if (low?.[0] !== stream.dataAt) return undefined;
  const starts = new Float64Array(total + 1);
  const wraps = !high && strip.count > 2 ** 32;
  let turns = 0;
  for (let i = 0; i < total; i++) {
    const value = low[i] ?? Number.NaN;
    if (wraps && value < (low[i - 1] ?? 0)) turns++;
    starts[i] = strip.offset + value + (high?.[i] ?? turns) * 2 ** 32;
  }
  // As if a marker followed the last one.
  starts[total] = strip.offset + strip.count + 2;
  return starts;
}

function areSound(directory: TiffDirectory): boolean {
  try {
    directory.checkExtent(NDPI_TAG.McuStarts);
    directory.checkExtent(NDPI_TAG.McuStartsHighWords);
    return true;
  } catch {
    return false;
  }
}

function scanStarts({ directory, strip, stream, total }: IntervalSource): Promise<Float64Array> {
  const range = { from: strip.offset + stream.dataAt, to: strip.offset + strip.count, total };
  return scanRestarts(directory.file.source, range);
}
