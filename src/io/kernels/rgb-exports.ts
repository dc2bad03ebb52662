/** What the colour kernels export. Addresses and pitches are bytes; each kernel's file says what its arguments mean. */
export interface RgbExports {
  rgbToGrey(...args: RgbArguments): void;
  rgbToSaturation(...args: RgbArguments): void;
  rgbToHsv(...args: RgbArguments): void;
  rgbToPlanes(
    ...args: [rgb: number, rgbPitch: number, tables: number, planes: number, width: number, height: number]
  ): void;
}

export type RgbArguments = [
  rgb: number,
  rgbPitch: number,
  target: number,
  targetPitch: number,
  width: number,
  height: number,
];
