import type { Slide } from '../../slide/slide.ts';
import { openOutputPlace } from '../convert-slide/output-place.ts';
import { createPainter } from './create-painter.ts';
import type { checkFullOverlay } from './full-overlay-options.ts';
import { createMaskGrid } from './mask-grid.ts';
import { countTiles } from './mask-job.ts';
import type { MaskSettings } from './options.ts';
import { listOverlayLevels } from './overlay-levels.ts';
import { type OverlayJob, writeOverlayTiff } from './overlay-tiff.ts';
import { countProgress, type DrawnMask } from './write-mask-file.ts';

export interface WrittenOverlay {
  readonly path: string;
  readonly bytes: number;
  /** Finest first. */
  readonly levels: readonly { readonly width: number; readonly height: number }[];
  /** Tiles of all levels, and those that were read: the others have nothing drawn. */
  readonly tiles: number;
  readonly tilesRead: number;
  /** Tiles of the slide that were painted white. */
  readonly badTiles: number;
}

/**
 * Writes the slide's own pixels where the mask is not 0, level by level, as a pyramidal JPEG TIFF.
 * @throws OptionError, TileError, OutputError, OutputInUseError, RemoteError, AbortedError
 */
export async function writeFullOverlay(
  path: string,
  { slide, drawn }: { slide: Slide; drawn: DrawnMask },
  { mask, overlay }: { mask: MaskSettings; overlay: ReturnType<typeof checkFullOverlay> },
): Promise<WrittenOverlay> {
  const { rule, coords, mode, overwrite } = mask;
  // A tile of 4096 pixels a side is no good JPEG tile.
  const tileSize = Math.min(mask.tileSize, 1024);
  const grid = createMaskGrid(slide, { downsample: 1 });
  const levels = listOverlayLevels(slide, tileSize);
  const tiles = countTiles(levels, tileSize);
  let badTiles = 0;
  const whiten = overlay.onBadTile === 'white' ? { onBadTile: () => void badTiles++ } : {};
  const options = { ...(mask.signal && { signal: mask.signal }), ...whiten };
  await using place = await openOutputPlace(path, { overwrite, source: slide.name });
  const job: OverlayJob = {
    ...{ levels, tileSize, chunkSize: overlay.chunkSize },
    ...{ quality: overlay.quality, background: overlay.background },
    createRasterizer: createPainter(drawn.shapes, grid, { rule, coords, mode }),
    read: (level, box) => readLevel(slide, { level, grid: levels[level], box }, options),
    mpp: slide.mpp?.source === 'objective' ? undefined : slide.mpp,
    // Pixels that were brought to sRGB are not those that the profile is for.
    profile: slide.icc?.profile === undefined ? slide.iccProfile : undefined,
    advance: countProgress(mask, { total: tiles, signal: place.signal }),
  };
  const written = await writeOverlayTiff(place.temporary, job);
  job.advance(0);
  await place.accept();
  return {
    ...{ path, ...written, tiles, badTiles },
    levels: levels.map(({ width, height }) => ({ width, height })),
  };
}

function readLevel(
  slide: Slide,
  at: { level: number; grid: OverlayJob['levels'][number] | undefined; box: Parameters<OverlayJob['read']>[1] },
  options: Parameters<Slide['readRegionAtDownsample']>[1],
) {
  const { x, y } = at.grid?.downsample ?? { x: 1, y: 1 };
  const { width, height } = at.box;
  const corner = { x: at.box.x * x, y: at.box.y * y };
  if (at.level < slide.levels.length) return slide.readRegion({ ...corner, level: at.level, width, height }, options);
  return slide.readRegionAtDownsample({ ...corner, width, height, downsample: { x, y } }, options);
}
