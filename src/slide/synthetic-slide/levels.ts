/** Each level is a quarter of the one before, as Aperio's scanners do it. */
export const LEVEL_FACTOR = 4;
/** No level is added once the longer side is below this. */
const SMALLEST = 2000;

/** One level of the pyramid. Pixels and tiles. */
export interface SyntheticLevel {
  readonly width: number;
  readonly height: number;
  /** Level-0 pixels per pixel; the last rows and columns that fill no whole pixel are left out. */
  readonly downsample: number;
  readonly cols: number;
  readonly rows: number;
}

export function planLevels(options: { width: number; height: number; tileSize: number }): SyntheticLevel[] {
  const levels: SyntheticLevel[] = [];
  for (let downsample = 1; ; downsample *= LEVEL_FACTOR) {
    const width = Math.floor(options.width / downsample);
    const height = Math.floor(options.height / downsample);
    if (Math.min(width, height) < 1) return levels;
    levels.push({
      width,
      height,
      downsample,
      cols: Math.ceil(width / options.tileSize),
      rows: Math.ceil(height / options.tileSize),
    });
    if (Math.max(width, height) < SMALLEST) return levels;
  }
}
