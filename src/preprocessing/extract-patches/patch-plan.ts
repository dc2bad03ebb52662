import type { ResolvedPlanOptions } from './plan/resolve-options.ts';

/** One patch that is to be cut. Pure numbers; no pixels. */
export interface PlannedPatch {
  /** Position in the plan, from 0. */
  readonly index: number;
  /** Level-0 pixel of the top-left corner. Beyond the slide only under edge mode `pad`. */
  readonly x: number;
  readonly y: number;
  /**
   * Share of the patch's area that the tissue mask covers, 0..1, rounded to nine decimals; what lies outside the slide
   * counts as no tissue. 1 where the plan was made without tissue.
   */
  readonly tissueFraction: number;
}

/** Where a plan's pixels come from and how large they are; the same for each of its patches. */
export interface PatchGeometry {
  /** Pixels of a written patch, square. */
  readonly size: number;
  /** Level-0 pixels that one patch spans, per axis; may be fractional. */
  readonly span: { readonly x: number; readonly y: number };
  /** Level-0 pixels per pixel of a written patch, per axis. */
  readonly downsample: { readonly x: number; readonly y: number };
  /** Microns per pixel (x axis) of a written patch; undefined where the slide has no mpp and a level was asked for. */
  readonly mpp: number | undefined;
  /** The level whose grid the patches lie on, when a level was asked for; else undefined (any mpp). */
  readonly level: number | undefined;
}

/** A plan is iterated lazily and may be iterated again; memory does not grow with the number of patches. */
export interface PatchPlan extends Iterable<PlannedPatch> {
  readonly geometry: PatchGeometry;
  /** The options that it was made by, with every default filled in. */
  readonly options: ResolvedPlanOptions;
  /** Grid positions before the tissue rule is applied. */
  readonly candidates: number;
  /** Patches in the plan: goes through the plan once and keeps nothing. */
  count(): number;
}
