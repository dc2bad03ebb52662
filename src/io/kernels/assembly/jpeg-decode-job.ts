/**
 * What one decode works on: the host writes the first part as 32-bit words in this order, the kernel lays out the rest.
 * Addresses are bytes in memory. Fields are read once per row, never per symbol.
 */
@unmanaged
export class JpegJob {
  /** Pixels of the stored image. */
  width: i32;
  height: i32;
  /** 1 (grey) or 3. */
  components: i32;
  /** Luma blocks of a minimum coded unit across and down: 1 or 2; 1 and 1 for grey. */
  across: i32;
  down: i32;
  /** 0 to 3: decode at 1/1, 1/2, 1/4, 1/8. */
  scale: i32;
  /** 1: YCbCr to RGB; 0: components are stored as they come. */
  convert: i32;
  /** Units between restart markers; 0 without. */
  restart: i32;
  /** Part of the (scaled) image that is written. */
  cropX: i32;
  cropY: i32;
  cropWidth: i32;
  cropHeight: i32;
  out: usize;
  /** Bytes from one row of the output to the next. */
  pitch: i32;
  /** Entropy-coded data: from behind the scan header to the end of the stream. */
  source: usize;
  sourceEnd: usize;
  /** `jpegScratchBytes` free bytes, aligned to 16. */
  scratch: usize;
  /** Per component: 64 16-bit steps in natural order, DC table, AC table (built by `buildJpegTable`). */
  quant0: usize;
  dc0: usize;
  ac0: usize;
  quant1: usize;
  dc1: usize;
  ac1: usize;
  quant2: usize;
  dc2: usize;
  ac2: usize;
  /** 1: every 2 x 2 pixels of the decoded image become their mean; colour of even width and height, uncropped. */
  mean: i32;

  // From here on the kernel's own.
  predicted0: i32;
  predicted1: i32;
  predicted2: i32;
  unitsAcross: i32;
  unitsDown: i32;
  blocksPerUnit: i32;
  /** Samples of a decoded block along one side, luma and chroma. */
  lumaSide: i32;
  chromaSide: i32;
  outWidth: i32;
  outHeight: i32;
  /** Real samples of a chroma plane; what lies beyond is padding of the encoder. */
  chromaWidth: i32;
  chromaHeight: i32;
  upsampling: i32;
  lumaPitch: i32;
  chromaPitch: i32;
  /** First sample of the current unit row; the row above it is the last one of the unit row before. */
  luma: usize;
  cb: usize;
  cr: usize;
  /** Steps of the three components in the order of the coefficients. */
  steps: usize;
  coefficients: usize;
  /** Two lines of pixels; before the first, room for 16 pixels. */
  line: usize;
  linePitch: i32;
  window: usize;
  windowEnd: usize;
  /** Units until the next restart marker, and its number 0 to 7. */
  untilRestart: i32;
  restartNumber: i32;
  /** Bytes of the current interval after unstuffing. */
  intervalBytes: i32;
  /** Address in bits of the next bit in the reversed interval, less 56: where its 8 bytes are loaded from, and 0 to 7. */
  position: u64;
  /** The next bits, left-aligned: 26 at least, and what is below them may be zero instead. */
  bits: u64;
}

export const BLOCK_BYTES: i32 = 144;
/** Behind the 64 coefficients: where values without a place go, and the last index that was coded. */
export const LAST_INDEX: i32 = 130;

/** How chroma gets to the size of luma. */
export const UPSAMPLE_NONE: i32 = 0;
export const UPSAMPLE_H2V1: i32 = 1;
export const UPSAMPLE_H2V2: i32 = 2;
export const UPSAMPLE_REPEAT: i32 = 3;

// Results; the host has the words (jpeg-decode/messages.ts).
export const OK: i32 = 0;
export const PREMATURE_END: i32 = 1;
export const INVALID_CODE: i32 = 2;
export const INDEX_OVERFLOW: i32 = 3;
export const BAD_RESTART: i32 = 4;
export const EXTRANEOUS_DATA: i32 = 5;
export const BAD_TABLE: i32 = 6;
