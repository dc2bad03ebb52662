import type { Box, Polygon } from '../../geometry/polygon.ts';
import type { AnnotationRegion } from './annotation.ts';

/** A polygon on its way to be painted. */
export interface MaskPiece {
  readonly polygon: Polygon;
  readonly label: number;
  readonly negative: boolean;
  readonly region: AnnotationRegion;
  /** Number of its layer. */
  readonly layer: number;
  /** Level-0 pixels inside its outline. */
  readonly area: number;
  readonly box: Box;
}
