import type { PatchGeometry, PlannedPatch } from '../extract-patches/patch-plan.ts';

/** Mask pixels of patches, side by side: `left[i]` up to before `right[i]`. */
export interface Footprints {
  readonly left: Float64Array;
  readonly top: Float64Array;
  readonly right: Float64Array;
  readonly bottom: Float64Array;
  /** The pixel that a patch's centre lies in. */
  readonly centreX: Float64Array;
  readonly centreY: Float64Array;
}

/**
 * The pixels of a mask whose centres lie in a patch, its left and top sides included, its right and bottom ones not: patches that
 * touch share none and leave none out. Where the mask is so coarse that a patch has no centre, the pixel under its centre.
 */
export function locateFootprints(
  patches: readonly PlannedPatch[],
  { span }: Pick<PatchGeometry, 'span'>,
  downsample: { readonly x: number; readonly y: number },
): Footprints {
  const create = () => new Float64Array(patches.length);
  const found = {
    left: create(),
    top: create(),
    right: create(),
    bottom: create(),
    centreX: create(),
    centreY: create(),
  };
  for (const [i, { x, y }] of patches.entries()) {
    const across = locateAxis(x, span.x, downsample.x);
    const down = locateAxis(y, span.y, downsample.y);
    found.left[i] = across.first;
    found.right[i] = across.end;
    found.centreX[i] = across.centre;
    found.top[i] = down.first;
    found.bottom[i] = down.end;
    found.centreY[i] = down.centre;
  }
  return found;
}

function locateAxis(start: number, span: number, downsample: number): { first: number; end: number; centre: number } {
  const centre = Math.floor(settle((start + span / 2) / downsample));
  const first = Math.ceil(settle(start / downsample - 0.5));
  const end = Math.ceil(settle((start + span) / downsample - 0.5));
  return first < end ? { first, end, centre } : { first: centre, end: centre + 1, centre };
}

/** Takes out the noise of a quotient that is a whole number but for rounding. */
function settle(value: number): number {
  const nearest = Math.round(value);
  return Math.abs(value - nearest) <= 1e-9 * Math.max(1, Math.abs(value)) ? nearest : value;
}
