/** A closed ring as x0, y0, x1, y1 ...; the last vertex joins the first, which is not repeated. */
export type Ring = Float64Array;

/** A polygon with holes, level-0 pixels unless the name of the variable says otherwise. */
export interface Polygon {
  readonly exterior: Ring;
  readonly holes: readonly Ring[];
}

/** Axis-aligned box; `right` and `bottom` are exclusive for pixels, coordinates for polygons. */
export interface Box {
  readonly left: number;
  readonly top: number;
  readonly right: number;
  readonly bottom: number;
}
