import type { Color } from '../../../contract.ts';

/** How polygons are drawn. */
export interface PolygonStyle {
  /** By class; null: not shown. */
  readonly colors: readonly (Color | null)[];
  readonly fill: boolean;
  readonly outline: boolean;
}
