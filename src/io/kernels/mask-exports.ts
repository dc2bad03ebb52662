/** What the mask kernels export. Addresses and pitches are bytes; each kernel's file says what its arguments mean. */
export interface MaskExports {
  scaleMaskPoints(
    ...args: [points: number, count: number, stepX: number, stepY: number, coords: number, range: number]
  ): void;
  drawMaskLines(...args: [...MaskEdges, bits: number, ...MaskWindow, maskWidth: number, maskHeight: number]): void;
  crossMaskPixels(...args: [...MaskEdges, flips: number, exact: number, ...MaskWindow]): void;
  crossMaskCentres(...args: [...MaskEdges, flips: number, ...MaskWindow]): void;
  /** Returns the number of runs. */
  listMaskRuns(
    ...args: [
      flips: number,
      more: number,
      pitch: number,
      width: number,
      rows: number,
      offset: number,
      rowPixels: number,
      runs: number,
    ]
  ): number;
}

type MaskEdges = [points: number, count: number];
type MaskWindow = [pitch: number, left: number, top: number, width: number, rows: number];
