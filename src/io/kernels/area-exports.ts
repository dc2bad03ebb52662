/** What the area kernels export. Addresses and pitches are bytes; each kernel's file says what its arguments mean. */
export interface AreaExports {
  areaBlocksColour(...args: AreaBlocksArguments): void;
  areaBlocksGrey(...args: AreaBlocksArguments): void;
  areaSpans(
    ...args: [spans: number, x: number, step: number, first: number, end: number, limit: number, channels: number]
  ): void;
  areaWindows(
    ...args: [
      source: number,
      sourcePitch: number,
      height: number,
      channels: number,
      spans: number,
      scratch: number,
      target: number,
      targetPitch: number,
      columns: number,
      rows: number,
      y: number,
      stepY: number,
      area: number,
    ]
  ): void;
}

type AreaBlocksArguments = [
  source: number,
  sourcePitch: number,
  target: number,
  targetPitch: number,
  columns: number,
  rows: number,
  stepX: number,
  stepY: number,
];
