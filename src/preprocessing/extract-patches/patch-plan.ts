/** One patch that is to be cut. Pure numbers; no pixels. */
export interface PlannedPatch {
  /** Position in the plan, from 0. */
  readonly index: number;
  /** Level-0 pixel of the top-left corner. Negative or beyond the slide only under edge mode `pad`. */
  readonly x: number;
  readonly y: number;
  /** Share of the patch's area that the tissue mask covers, 0..1. */
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
  /** Microns per pixel of a written patch; undefined where the slide has no mpp and a level was asked for. */
  readonly mpp: number | undefined;
  /** The level whose grid the patches lie on, when a level was asked for; else undefined (any mpp). */
  readonly level: number | undefined;
}

/** A plan is iterated lazily and may be iterated again; memory does not grow with the number of patches. */
export interface PatchPlan extends Iterable<PlannedPatch> {
  readonly geometry: PatchGeometry;
  /** Grid positions before the tissue rule is applied. */
  readonly candidates: number;
}
