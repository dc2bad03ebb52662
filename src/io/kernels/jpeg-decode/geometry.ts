import type { JpegHeader } from './header.ts';

/** How chroma gets to the size of luma: not at all, by triangle filters, or by repetition. */
export type Upsampling = 'none' | 'h2v1' | 'h2v2' | 'repeat';

/** Sizes of a decode at 1/scale, as libjpeg derives them. */
export interface JpegGeometry {
  readonly width: number;
  readonly height: number;
  readonly channels: 1 | 3;
  readonly unitsAcross: number;
  readonly unitsDown: number;
  /** Samples along one side of a decoded block. */
  readonly lumaSide: number;
  readonly chromaSide: number;
  /** Samples of a chroma plane that belong to the image. */
  readonly chromaWidth: number;
  readonly chromaHeight: number;
  readonly upsampling: Upsampling;
}

/** 1: every pixel; 2, 4 or 8: a reduced decode from the low frequencies. */
export type JpegScale = 1 | 2 | 4 | 8;

export function computeJpegGeometry(header: JpegHeader, scale: JpegScale): JpegGeometry {
  const { across, down, components } = header;
  const lumaSide = 8 / scale;
  // Where chroma is coarser both ways, a reduced decode takes twice the coefficients instead of upsampling.
  const chromaSide = across === 2 && down === 2 && scale > 1 ? 2 * lumaSide : lumaSide;
  const chromaWidth = Math.ceil((header.width * chromaSide) / (8 * across));
  return {
    width: Math.ceil(header.width / scale),
    height: Math.ceil(header.height / scale),
    channels: components === 3 ? 3 : 1,
    unitsAcross: Math.ceil(header.width / (8 * across)),
    unitsDown: Math.ceil(header.height / (8 * down)),
    lumaSide,
    chromaSide,
    chromaWidth,
    chromaHeight: Math.ceil((header.height * chromaSide) / (8 * down)),
    upsampling: chooseUpsampling(header, { lumaSide, chromaSide, chromaWidth }),
  };
}

function chooseUpsampling(
  { components, across, down }: JpegHeader,
  { lumaSide, chromaSide, chromaWidth }: Pick<JpegGeometry, 'lumaSide' | 'chromaSide' | 'chromaWidth'>,
): Upsampling {
  if (components === 1 || across === 1 || chromaSide > lumaSide) return 'none';
  // The triangle filter needs three samples in a row, and is left out at 1/8.
  if (chromaWidth <= 2 || lumaSide === 1) return 'repeat';
  return down === 2 ? 'h2v2' : 'h2v1';
}
