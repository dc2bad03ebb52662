/** TIFF 6.0 tag numbers that slideloom reads or writes. */
export const TAG = {
  NewSubfileType: 254,
  ImageWidth: 256,
  ImageLength: 257,
  BitsPerSample: 258,
  Compression: 259,
  PhotometricInterpretation: 262,
  FillOrder: 266,
  DocumentName: 269,
  ImageDescription: 270,
  Make: 271,
  Model: 272,
  StripOffsets: 273,
  SamplesPerPixel: 277,
  RowsPerStrip: 278,
  StripByteCounts: 279,
  MinSampleValue: 280,
  MaxSampleValue: 281,
  XResolution: 282,
  YResolution: 283,
  PlanarConfiguration: 284,
  XPosition: 286,
  YPosition: 287,
  ResolutionUnit: 296,
  Software: 305,
  DateTime: 306,
  Artist: 315,
  HostComputer: 316,
  Predictor: 317,
  ColorMap: 320,
  TileWidth: 322,
  TileLength: 323,
  TileOffsets: 324,
  TileByteCounts: 325,
  SubIFDs: 330,
  ExtraSamples: 338,
  SampleFormat: 339,
  SMinSampleValue: 340,
  SMaxSampleValue: 341,
  JPEGTables: 347,
  YCbCrSubSampling: 530,
  Copyright: 33432,
  IccProfile: 34675,
} as const;

/** Values of PhotometricInterpretation (262). */
export const PHOTOMETRIC = { WhiteIsZero: 0, BlackIsZero: 1, Rgb: 2, Palette: 3, YCbCr: 6 } as const;

/** Values of Compression (259). */
export const COMPRESSION = {
  None: 1,
  Lzw: 5,
  Jpeg: 7,
  AdobeDeflate: 8,
  PackBits: 32773,
  Deflate: 32946,
  Jpeg2000Ycbcr: 33003,
  Jpeg2000Lossy: 33004,
  Jpeg2000Rgb: 33005,
  Jpeg2000: 34712,
  Zstd: 50000,
  Webp: 50001,
} as const;

/** Bytes of one value by field type (TIFF 6.0 section 2, BigTIFF: 16..18). */
export const TYPE_BYTES: Readonly<Record<number, number>> = {
  1: 1, // BYTE
  2: 1, // ASCII
  3: 2, // SHORT
  4: 4, // LONG
  5: 8, // RATIONAL
  6: 1, // SBYTE
  7: 1, // UNDEFINED
  8: 2, // SSHORT
  9: 4, // SLONG
  10: 8, // SRATIONAL
  11: 4, // FLOAT
  12: 8, // DOUBLE
  13: 4, // IFD
  16: 8, // LONG8
  17: 8, // SLONG8
  18: 8, // IFD8
};
