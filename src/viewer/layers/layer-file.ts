/** What a layer is of; in the order in which they lie on each other, the lowest first. */
export const LAYER_ROLES = ['mask', 'heatmap', 'patches', 'attention', 'tissue', 'annotation', 'drawn'] as const;
export type LayerRole = (typeof LAYER_ROLES)[number];

export type LayerKind = 'picture' | 'polygons' | 'patches';

/** A file that lies over a slide. */
export interface LayerFile {
  /** Names the layer in addresses: letters, digits, `.`, `_`, `-`. */
  readonly name: string;
  /** For people. */
  readonly title: string;
  readonly kind: LayerKind;
  readonly role: LayerRole;
  /** Without links. */
  readonly path: string;
  /** Changes with the file, and with slideloom. */
  readonly version: string;
  /** Not made here: `coordsFrame` is for such. */
  readonly foreign: boolean;
  /** A table of many slides: without a row of this one it is no layer of it. */
  readonly shared: boolean;
}

/** What may become one: a place to look at. */
export type LayerCandidate = Omit<LayerFile, 'version' | 'path'> & {
  readonly path: string;
  /** Where links may lead to: a folder without links. */
  readonly root: string;
};
