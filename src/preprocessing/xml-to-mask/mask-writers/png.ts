import { type FileHandle, open, rename, rm } from 'node:fs/promises';
import { pipeline } from 'node:stream/promises';
import { constants, createDeflate } from 'node:zlib';
import { crc32, createCrcTables, nativeCrc32 } from '../../../io/kernels/png-encode/crc32.ts';
import { toOutputError } from '../../../utils/output-error.ts';
import { VERSION } from '../../../utils/version.ts';
import type { MaskRasterizer } from '../annotation.ts';
import { countRuns, createPixelRuns, findRuns, packRuns } from '../kernels/pixel-runs.ts';
import type { MaskJob, WrittenMask } from '../mask-job.ts';
import { createMaskDescription } from './mask-description.ts';
import { takeTurn } from './tiff.ts';
import { listCounts } from './tile-packer.ts';

const SIGNATURE = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]);
/** Labels that are painted at once, at least a row. */
const BAND_PIXELS = 2 ** 21;
/** Bytes of a piece of compressed data. */
const PIECE = 2 ** 17;
const METRE = 1e6;
/** Masks are runs: to look for nothing else takes a fifth of the time of zlib's middle level. */
const RUN_DEFLATE = { level: 1, strategy: constants.Z_RLE } as const;

/**
 * A grey PNG of any size: 8 bits a pixel with the labels, or 1 bit. Memory: 2 MiB of labels (at least a row), the edges, and
 * zlib's own.
 * @throws OutputError, AbortedError
 */
export async function writePngMask(path: string, job: MaskJob): Promise<WrittenMask> {
  const { grid } = job;
  const partial = `${path}.partial`;
  const counts = new Float64Array(256);
  const file = await open(partial, 'w').catch((cause: unknown) => {
    throw toOutputError(path, cause);
  });
  try {
    const output = createChunkWriter(file);
    await output.begin(job);
    const deflate = createDeflate({ ...RUN_DEFLATE, chunkSize: PIECE, writableHighWaterMark: 1 } as object);
    await pipeline(listBands(job, counts), deflate, async (pieces: AsyncIterable<Buffer>) => {
      for await (const piece of pieces) await output.write('IDAT', piece);
    });
    await output.write('IEND', Buffer.alloc(0));
    await file.sync();
    await file.close();
    await rename(partial, path);
    return { bytes: output.bytes(), levels: [{ width: grid.width, height: grid.height }], counts: listCounts(counts) };
  } catch (cause) {
    await file.close().catch(() => {});
    await rm(partial, { force: true });
    throw isSystemError(cause) ? toOutputError(path, cause) : cause;
  }
}

/** Bands of rows as PNG stores them: before each row a byte that says it is not filtered. */
async function* listBands(job: MaskJob, counts: Float64Array): AsyncGenerator<Uint8Array, void, undefined> {
  const { grid, bits, tileSize, advance, createRasterizer } = job;
  const { width, height } = grid;
  const rasterizer = createRasterizer(grid);
  const rows = Math.max(1, Math.min(height, Math.floor(BAND_PIXELS / width)));
  const labels = new Uint8Array(width * rows);
  const rowBytes = 1 + (bits === 8 ? width : Math.ceil(width / 8));
  const stored = new Uint8Array(rowBytes * rows);
  const runs = createPixelRuns();
  const columns = Math.ceil(width / tileSize);
  let tiles = 0;
  for (let top = 0; top < height; top += rows) {
    const count = Math.min(rows, height - top);
    const band = labels.subarray(0, width * count);
    paintBand(rasterizer, { top, rows: count }, band);
    findRuns(band, runs);
    countRuns(runs, counts);
    if (bits === 1) packRuns(runs, stored.subarray(1), { width, pitch: rowBytes * 8 });
    else
      for (let row = 0; row < count; row++)
        stored.set(band.subarray(row * width, (row + 1) * width), row * rowBytes + 1);
    yield stored.subarray(0, rowBytes * count);
    const done = columns * Math.floor((top + count) / tileSize);
    await takeTurn(advance, done - tiles);
    tiles = done;
  }
  advance(columns * Math.ceil(height / tileSize) - tiles);
}

function paintBand(rasterizer: MaskRasterizer, { top, rows }: { top: number; rows: number }, band: Uint8Array): void {
  const label = rasterizer.rasterize({ x: 0, y: top, width: rasterizer.grid.width, height: rows }, band);
  if (label !== undefined) band.fill(label);
}

function createChunkWriter(file: FileHandle) {
  let bytes = 0;
  const tables = nativeCrc32 ? undefined : createCrcTables();
  const append = async (part: Uint8Array) => {
    await file.appendFile(part);
    bytes += part.length;
  };
  const write = async (name: string, content: Uint8Array) => {
    const chunk = Buffer.alloc(content.length + 12);
    chunk.writeUInt32BE(content.length, 0);
    chunk.write(name, 4, 'latin1');
    chunk.set(content, 8);
    const named = chunk.subarray(4, 8 + content.length);
    chunk.writeUInt32BE(nativeCrc32 ? nativeCrc32(named) : tables ? crc32(tables, named) : 0, 8 + content.length);
    await append(chunk);
  };
  return {
    bytes: () => bytes,
    write,
    async begin(job: MaskJob) {
      const { grid, bits, mpp } = job;
      await append(SIGNATURE);
      const header = Buffer.alloc(13);
      header.writeUInt32BE(grid.width, 0);
      header.writeUInt32BE(grid.height, 4);
      // Colour type 0 is grey; deflate, no filters, not interlaced.
      header.set([bits, 0, 0, 0, 0], 8);
      await write('IHDR', header);
      if (mpp) await write('pHYs', createDensity(mpp));
      await write('tEXt', Buffer.from(`Software\0slideloom ${VERSION}`, 'latin1'));
      await write('tEXt', Buffer.from(`Description\0${createMaskDescription(job)}`, 'latin1'));
    },
  };
}

/** Pixels per metre. */
function createDensity({ x, y }: { x: number; y: number }): Buffer {
  const density = Buffer.alloc(9);
  const clamp = (value: number) => Math.min(2 ** 31 - 1, Math.max(1, Math.round(value)));
  density.writeUInt32BE(clamp(METRE / x), 0);
  density.writeUInt32BE(clamp(METRE / y), 4);
  density[8] = 1;
  return density;
}

function isSystemError(error: unknown): boolean {
  return error instanceof Error && 'syscall' in error;
}
