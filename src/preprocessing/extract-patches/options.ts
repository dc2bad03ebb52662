import type { Box } from '../../geometry/polygon.ts';

/** Where the grid comes from: slideloom's own, or position for position that of another tool. */
export const PATCH_GRIDS = ['native', 'clam', 'trident'] as const;
/** `slide`: one grid from level-0 (0, 0). `contour`: one grid for each tissue polygon, from its bounding box. */
export const PATCH_ORIGINS = ['slide', 'contour'] as const;
/** What happens to patches that stick out at the right and bottom: left out, kept (white outside), moved inside. */
export const EDGE_MODES = ['drop', 'pad', 'shift'] as const;
export const TISSUE_RULES = [
  'fraction',
  'center',
  'any',
  'all',
  'four-pt',
  'four-pt-hard',
  'corner',
  'polygon',
] as const;

export type PatchGrid = (typeof PATCH_GRIDS)[number];
export type PatchOrigin = (typeof PATCH_ORIGINS)[number];
export type EdgeMode = (typeof EDGE_MODES)[number];
export type TissueRule = (typeof TISSUE_RULES)[number];

/** docs/patch-planning.md explains each with pictures of numbers. */
export interface PlanOptions {
  /** Pixels of a written patch, square. Default 512. */
  size?: number | undefined;
  /** Microns per pixel of a written patch. Default 0.5. Excludes `level`. */
  mpp?: number | undefined;
  /**
   * A level whose pixels are within this share of `mpp` is taken as it is, without resampling; the plan then has that
   * level's own mpp. Scanners write 0.499 where they mean 0.5. Default 0.005; 0 resamples everything that is not exact.
   */
  mppTolerance?: number | undefined;
  /**
   * Where a patch pixel spans two or more pixels of the level that is read, JPEG tiles may be decoded at 1/2, 1/4 or 1/8 of
   * their size, and only the rest of the way is averaged: some 1.6 times as fast, and not the very pixels of an average.
   * Default false: the exact average. No say with `level`, or where tiles are no colour JPEG.
   */
  fastDownsample?: boolean | undefined;
  /** Cut at this pyramid level, on its own pixels; works without microns. Excludes `mpp`. */
  level?: number | undefined;
  /** Patch pixels from one patch to the next. Default `size`. Excludes `overlap`. */
  stride?: number | undefined;
  /** Patch pixels shared by neighbours: `stride = size - overlap`. Excludes `stride`. */
  overlap?: number | undefined;
  /** Default `native`. The others fix or limit the options below. */
  grid?: PatchGrid | undefined;
  /** Default `slide`. */
  origin?: PatchOrigin | undefined;
  /** Default `drop`. */
  edge?: EdgeMode | undefined;
  /**
   * Which patches count as tissue. By the mask: `fraction` (share of the area >= `tissueThreshold`), `any` and `all` (mask
   * pixels that the patch overlaps), `center` (the mask pixel at the centre). By the polygons: `four-pt` (one of the four
   * points half way from the centre to the corners), `four-pt-hard` (all four), `corner` (the top-left corner),
   * `polygon` (share of the area >= `tissueThreshold`; at 0, touching). Default `fraction`.
   */
  tissueRule?: TissueRule | undefined;
  /** Share of a patch's area, 0..1, for the rules `fraction` and `polygon`. Default 0.1. */
  tissueThreshold?: number | undefined;
  /** Grid `clam` only: corners lie from `left`, `top` to before `right`, `bottom`, level-0 pixels. */
  roi?: Box | undefined;
}

/** Defaults of the native grid; `stride` is `size` where nothing is said. */
export const PLAN_DEFAULTS = Object.freeze({
  size: 512,
  mpp: 0.5,
  mppTolerance: 0.005,
  fastDownsample: false,
  grid: 'native',
  origin: 'slide',
  edge: 'drop',
  tissueRule: 'fraction',
  tissueThreshold: 0.1,
} as const);

/** What each grid allows; the first of a list is its default. */
export const GRID_CHOICES = Object.freeze({
  native: {
    origin: PATCH_ORIGINS,
    edge: EDGE_MODES,
    tissueRule: TISSUE_RULES,
    tissueThreshold: PLAN_DEFAULTS.tissueThreshold,
  },
  clam: {
    origin: ['contour'],
    edge: ['pad', 'drop'],
    tissueRule: ['four-pt', 'four-pt-hard', 'center', 'corner'],
    tissueThreshold: PLAN_DEFAULTS.tissueThreshold,
  },
  trident: { origin: ['slide'], edge: ['pad'], tissueRule: ['polygon'], tissueThreshold: 0 },
} as const satisfies Record<
  PatchGrid,
  {
    origin: readonly PatchOrigin[];
    edge: readonly EdgeMode[];
    tissueRule: readonly TissueRule[];
    tissueThreshold: number;
  }
>);
