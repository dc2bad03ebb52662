/** Side of the tiles in which TRIDENT reads a slide at about 8 µm a pixel; each has thresholds of its own. */
export const TRIDENT_TILE = 512;
