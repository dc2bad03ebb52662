import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { toOutputError } from '../../../utils/output-error.ts';
import { VERSION } from '../../../utils/version.ts';
import type { MaskGrid } from '../annotation.ts';
import { listMaskLevels } from '../mask-grid.ts';
import type { MaskJob, WrittenMask } from '../mask-job.ts';
import { getMaskFacts } from './mask-description.ts';
import { paintTiles } from './paint-tiles.ts';
import { takeTurn } from './tiff.ts';
import { createTilePacker, listCounts, type TilePacker } from './tile-packer.ts';

/** Chunks that are being written at once. */
const IN_FLIGHT = 8;

/**
 * An OME-NGFF 0.4 label image: Zarr 2, chunks of labels as zlib streams. Chunks that nobody drew in are left out: they are the
 * fill value. `folder` is there and empty. Memory: a tile, the edges, and 8 compressed chunks.
 * @throws OutputError, AbortedError
 */
export async function writeZarrMask(folder: string, job: MaskJob): Promise<WrittenMask> {
  const levels = listMaskLevels(job.grid, job.tileSize);
  const packer = createTilePacker({ size: job.tileSize, bits: 8 });
  const write = createFileWriter(folder);
  for (const [index, grid] of levels.entries()) {
    await write.json(`${index}/.zarray`, describeArray(grid, job.tileSize));
    await writeChunks(job, { grid, index, packer, write });
  }
  await write.json('.zattrs', describeImage(job, levels));
  // Last: a folder without it is no Zarr.
  await write.json('.zgroup', { zarr_format: 2 });
  return {
    bytes: write.bytes(),
    levels: levels.map(({ width, height }) => ({ width, height })),
    counts: listCounts(packer.counts),
  };
}

async function writeChunks(
  { tileSize, advance, createRasterizer }: MaskJob,
  {
    grid,
    index,
    packer,
    write,
  }: {
    grid: MaskGrid;
    index: number;
    packer: TilePacker;
    write: ReturnType<typeof createFileWriter>;
  },
): Promise<void> {
  const columns = Math.ceil(grid.width / tileSize);
  const uniform = new Map<number, Uint8Array>();
  let waiting: Promise<void>[] = [];
  for (const tile of paintTiles(createRasterizer(grid), tileSize)) {
    if (tile.label !== 0) {
      const known = tile.label === undefined ? undefined : uniform.get(tile.label);
      const bytes = known ?? packer.pack(tile);
      if (tile.label !== undefined) uniform.set(tile.label, bytes);
      waiting.push(write.file(`${index}/${tile.row}/${tile.column}`, bytes));
    }
    if (index === 0) packer.count(tile);
    const last = tile.column === columns - 1;
    if (waiting.length >= IN_FLIGHT || last) {
      await Promise.all(waiting);
      waiting = [];
    }
    if (last) await takeTurn(advance, columns);
  }
}

function createFileWriter(folder: string) {
  let bytes = 0;
  const made = new Map<string, Promise<unknown>>();
  const file = async (path: string, content: Uint8Array) => {
    const full = join(folder, path);
    const parent = path.slice(0, path.lastIndexOf('/') + 1);
    try {
      if (!made.has(parent)) made.set(parent, mkdir(join(folder, parent), { recursive: true }));
      await made.get(parent);
      await writeFile(full, content);
    } catch (cause) {
      throw toOutputError(full, cause);
    }
    bytes += content.length;
  };
  return {
    bytes: () => bytes,
    file,
    json: (path: string, value: object) => file(path, Buffer.from(`${JSON.stringify(value, undefined, 1)}\n`)),
  };
}

function describeArray({ width, height }: MaskGrid, size: number): object {
  return {
    zarr_format: 2,
    shape: [height, width],
    chunks: [size, size],
    dtype: '|u1',
    compressor: { id: 'zlib', level: 1 },
    fill_value: 0,
    order: 'C',
    filters: null,
    dimension_separator: '/',
  };
}

/** OME-NGFF 0.4, "multiscales" and "image-label". */
function describeImage(job: MaskJob, levels: readonly MaskGrid[]): object {
  const { mpp, labels, grid } = job;
  const unit = mpp ? { unit: 'micrometer' } : {};
  const pixel = mpp ?? grid.downsample;
  const axes = ['y', 'x'].map((name) => ({ name, type: 'space', ...unit }));
  const datasets = levels.map((_, index) => {
    const { x, y } = pixel;
    const scale = [y * 2 ** index, x * 2 ** index];
    // From the centre of the slide's first pixel, which is 0 in NGFF, to that of this level's first.
    const translation = [(y * 2 ** index - y / grid.downsample.y) / 2, (x * 2 ** index - x / grid.downsample.x) / 2];
    return {
      path: String(index),
      coordinateTransformations: [
        { type: 'scale', scale },
        { type: 'translation', translation },
      ],
    };
  });
  return {
    multiscales: [{ version: '0.4', name: 'mask', axes, datasets, type: 'painted from polygons at each level' }],
    'image-label': {
      version: '0.4',
      colors: labels.map(({ value, color }) => ({
        'label-value': value,
        ...(color && { rgba: [...color, 255] }),
      })),
      properties: labels.map(({ value, name }) => ({ 'label-value': value, class: name })),
    },
    slideloom: { version: VERSION, ...getMaskFacts(job) },
  };
}
