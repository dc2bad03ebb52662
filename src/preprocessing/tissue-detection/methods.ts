/** Names of the ways to find tissue; `combine` makes one mask of several. */
export const PIXEL_METHODS = ['otsu', 'hsv', 'clam', 'trident'] as const;
export type PixelMethod = (typeof PIXEL_METHODS)[number];
export const TISSUE_METHODS = [...PIXEL_METHODS, 'combine'] as const;
export type TissueMethod = (typeof TISSUE_METHODS)[number];
