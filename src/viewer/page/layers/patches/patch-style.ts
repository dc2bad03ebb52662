import type { Color } from '../../../contract.ts';
import type { ColorScale } from '../color-scale.ts';

/** How patches are drawn. */
export interface PatchStyle {
  /** Column whose numbers colour the patches; null: all have `color`. */
  readonly column: number | null;
  readonly scale: ColorScale;
  readonly color: Color;
  /** Their area is filled. Small ones always are, as their outlines would be. */
  readonly fill: boolean;
  /** Those that are large enough on the screen have an outline. */
  readonly outline: boolean;
}
