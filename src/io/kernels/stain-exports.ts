/** What the kernels of stain normalisation export. Addresses and pitches are bytes; each kernel's file explains the rest. */
export interface StainExports {
  getMapTables(): number;
  mapDensities(
    ...args: [
      ...[rgb: number, rgbPitch: number, out: number, outPitch: number, width: number, height: number],
      ...[offset: number, over: number],
    ]
  ): void;
  mapDensitiesButGlass(
    ...args: [
      ...[rgb: number, rgbPitch: number, out: number, outPitch: number, width: number, height: number],
      ...[offset: number, over: number, tissue: number, glass: number, factor: number],
    ]
  ): void;
  sumDensities(
    ...args: [rgb: number, pixels: number, table: number, brightest: number, sums: number, scratch: number]
  ): number;
  findTails(...args: [rgb: number, pixels: number, tables: number, found: number]): number;
}
