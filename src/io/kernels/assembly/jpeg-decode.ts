import { halveColourRow } from './area-halve';
import { convertH2v1Row, convertRepeatedRow, convertRow, storeRgbRow } from './jpeg-decode-colour';
import { convertH2v2Row, meanH2v2Row, sumH2v2Row } from './jpeg-decode-colour-h2v2';
import { checkEnd, decodeUnitRow, startInterval, WINDOW_MARGIN, WINDOW_PAD } from './jpeg-decode-entropy';
import { inverseDct8 } from './jpeg-decode-idct';
import { inverseDct1, inverseDct2, inverseDct4 } from './jpeg-decode-idct-scaled';
import {
  BLOCK_BYTES,
  JpegJob,
  OK,
  UPSAMPLE_H2V1,
  UPSAMPLE_H2V2,
  UPSAMPLE_NONE,
  UPSAMPLE_REPEAT,
} from './jpeg-decode-job';
import { arrangeSteps } from './jpeg-decode-layout';
import { isSameRow } from './same-row';

// Baseline JPEG to rows of grey or RGB, one row of minimum coded units at a time: coefficients, samples and pixels of a row
// stay in the nearest caches. Geometry and arithmetic are libjpeg's (accurate DCT, "fancy" upsampling), bit for bit.
// The host (jpeg-decode/wasm-decoder.ts) parses the headers and vouches for the fields of the job; the entropy-coded data
// may hold anything.

export { buildJpegTable, jpegTableBytes } from './jpeg-decode-tables';

const LEFT: i32 = 16;
const RIGHT: i32 = 32;
/** Bytes of a line's start that pixels beyond the last whole vector pass through. */
const LINE: usize = 64;
/** Bytes of the steps of one component. */
const STEPS_BYTES: usize = 128;

/** Bytes of a job. */
export function jpegJobBytes(): i32 {
  return <i32>offsetof<JpegJob>();
}

/** Free bytes that `decodeJpeg` needs at `job.scratch`. */
export function jpegScratchBytes(address: usize): i32 {
  const job = changetype<JpegJob>(address);
  job.scratch = 0;
  return <i32>layOut(job);
}

/** Decodes a whole image; returns 0 or what is wrong with the stream. Output may then be written in part. */
export function decodeJpeg(address: usize): i32 {
  const job = changetype<JpegJob>(address);
  layOut(job);
  arrangeSteps(job.quant0, job.steps);
  if (job.components == 3) {
    arrangeSteps(job.quant1, job.steps + STEPS_BYTES);
    arrangeSteps(job.quant2, job.steps + 2 * STEPS_BYTES);
  }
  memory.fill(job.coefficients, 0, job.unitsAcross * job.blocksPerUnit * BLOCK_BYTES);
  job.restartNumber = 0;
  startInterval(job);
  const rows = job.down * job.lumaSide;
  for (let row = 0; row < job.unitsDown; row++) {
    const fault = decodeUnitRow(job);
    if (fault != OK) return fault;
    // Rows outside the crop are decoded for their faults alone; the filter looks one row beyond.
    if ((row + 1) * rows >= job.cropY && row * rows <= job.cropY + job.cropHeight) {
      transform(job);
      if (job.mean) emitMeans(job, row);
      else emit(job, row);
      carry(job);
    } else {
      memory.fill(job.coefficients, 0, job.unitsAcross * job.blocksPerUnit * BLOCK_BYTES);
    }
  }
  return checkEnd(job);
}

@inline
function align(bytes: usize): usize {
  return (bytes + 15) & ~15;
}

@inline
function ceilDiv(a: i32, b: i32): i32 {
  return (a + b - 1) / b;
}

/** Derived sizes and the places of all scratch; returns the end of it. */
function layOut(job: JpegJob): usize {
  const across = job.across;
  const down = job.down;
  const side = 8 >> job.scale;
  job.unitsAcross = ceilDiv(job.width, 8 * across);
  job.unitsDown = ceilDiv(job.height, 8 * down);
  job.blocksPerUnit = job.components == 1 ? 1 : across * down + 2;
  job.outWidth = ceilDiv(job.width * side, 8);
  job.outHeight = ceilDiv(job.height * side, 8);
  job.lumaSide = side;
  // Where chroma is coarser both ways, a reduced decode takes twice the coefficients instead of upsampling.
  job.chromaSide = across == 2 && down == 2 && side < 8 ? 2 * side : side;
  job.chromaWidth = ceilDiv(job.width * job.chromaSide, 8 * across);
  job.chromaHeight = ceilDiv(job.height * job.chromaSide, 8 * down);
  job.upsampling = chooseUpsampling(job);

  let at = job.scratch;
  job.steps = at;
  at += 3 * STEPS_BYTES;
  job.coefficients = at;
  at += job.unitsAcross * job.blocksPerUnit * BLOCK_BYTES;
  job.lumaPitch = <i32>align(job.unitsAcross * across * side + LEFT + RIGHT);
  job.luma = at + job.lumaPitch + LEFT;
  at += (down * side + 1) * job.lumaPitch;
  job.chromaPitch = <i32>align(job.unitsAcross * job.chromaSide + LEFT + RIGHT);
  const plane = (job.chromaSide + 1) * job.chromaPitch;
  job.cb = at + job.chromaPitch + LEFT;
  job.cr = job.cb + plane;
  at += 2 * plane;
  job.line = at;
  job.linePitch = 3 * ((job.outWidth + 15) & ~15);
  at += LINE + (job.mean ? 2 * job.linePitch : job.cropX > 0 ? job.linePitch : 0);
  job.window = at;
  job.windowEnd = align(at + WINDOW_PAD + 2 * WINDOW_MARGIN + (job.sourceEnd - job.source));
  return job.windowEnd + WINDOW_MARGIN;
}

function chooseUpsampling(job: JpegJob): i32 {
  if (job.components == 1 || job.across == 1 || job.chromaSide == 2 * job.lumaSide) return UPSAMPLE_NONE;
  // The triangle filter needs three samples in a row, and is left out at 1/8.
  if (job.chromaWidth <= 2 || job.lumaSide == 1) return UPSAMPLE_REPEAT;
  return job.down == 2 ? UPSAMPLE_H2V2 : UPSAMPLE_H2V1;
}

/** Coefficients of a row of units to samples. */
function transform(job: JpegJob): void {
  const stride = job.blocksPerUnit * BLOCK_BYTES;
  const side = job.lumaSide;
  let block = job.coefficients;
  for (let y = 0; y < job.down; y++) {
    for (let x = 0; x < job.across; x++, block += BLOCK_BYTES) {
      const out = job.luma + y * side * job.lumaPitch + x * side;
      inverse(side, block, stride, job.steps, job.unitsAcross, out, job.across * side, job.lumaPitch);
    }
  }
  if (job.components == 1) return;
  const chroma = job.chromaSide;
  inverse(chroma, block, stride, job.steps + STEPS_BYTES, job.unitsAcross, job.cb, chroma, job.chromaPitch);
  inverse(chroma, block + BLOCK_BYTES, stride, job.steps + 2 * STEPS_BYTES, job.unitsAcross, job.cr, chroma, job.chromaPitch);
  if (job.upsampling == UPSAMPLE_H2V1 || job.upsampling == UPSAMPLE_H2V2) {
    repeatEdges(job.cb, job.chromaWidth, chroma, job.chromaPitch);
    repeatEdges(job.cr, job.chromaWidth, chroma, job.chromaPitch);
  }
}

function inverse(
  side: i32, block: usize, stride: usize, quant: usize, blocks: i32, out: usize, step: usize, pitch: usize,
): void {
  if (side == 8) inverseDct8(block, stride, quant, blocks, out, step, pitch);
  else if (side == 4) inverseDct4(block, stride, quant, blocks, out, step, pitch);
  else if (side == 2) inverseDct2(block, stride, quant, blocks, out, step, pitch);
  else inverseDct1(block, stride, quant, blocks, out, step);
}

function repeatEdges(plane: usize, width: i32, rows: i32, pitch: usize): void {
  for (let y = 0; y < rows; y++, plane += pitch) {
    store<u8>(plane - 1, load<u8>(plane));
    store<u8>(plane + width, load<u8>(plane + width - 1));
  }
}

/** Writes the rows that are complete after unit row `unitRow`, as far as they lie in the crop. */
function emit(job: JpegJob, unitRow: i32): void {
  const rows = job.down * job.lumaSide;
  const top = unitRow * rows;
  // The last row of a unit row waits for the chroma below it.
  const late = job.upsampling == UPSAMPLE_H2V2 ? 1 : 0;
  const last = unitRow == job.unitsDown - 1;
  const from = max(job.cropY, top - late);
  const to = min(job.cropY + job.cropHeight, last ? job.outHeight : top + rows - late);
  const pixels = job.cropX + job.cropWidth;
  for (let y = from; y < to; y++) {
    const out = job.out + (y - job.cropY) * job.pitch;
    if (job.components == 1) {
      memory.copy(out, job.luma + (y - top) * job.lumaPitch + job.cropX, job.cropWidth);
    } else if (job.cropX == 0) {
      emitRow(job, y, top, out, y > job.cropY ? out - job.pitch : 0, pixels);
    } else {
      emitRow(job, y, top, job.line + LINE, 0, pixels);
      memory.copy(out, job.line + LINE + 3 * job.cropX, 3 * job.cropWidth);
    }
  }
}

/** As `emit`, at half size. Of a pair of rows the upper one waits in a line, in the nearest cache. */
function emitMeans(job: JpegJob, unitRow: i32): void {
  const rows = job.down * job.lumaSide;
  const top = unitRow * rows;
  const late = job.upsampling == UPSAMPLE_H2V2 ? 1 : 0;
  const to = unitRow == job.unitsDown - 1 ? job.outHeight : top + rows - late;
  for (let y = max(0, top - late); y < to; y++) {
    const out = job.out + (y >> 1) * job.pitch;
    if (late) emitMeanOfH2v2(job, y, top, out);
    else {
      const upper = job.line + LINE;
      const lower = upper + job.linePitch;
      emitRow(job, y, top, y & 1 ? lower : upper, 0, job.outWidth);
      if (y & 1) halveColourRow(upper, lower, out, job.outWidth >> 1);
    }
  }
}

function emitMeanOfH2v2(job: JpegJob, y: i32, top: i32, out: usize): void {
  const luma = job.luma + (y - top) * job.lumaPitch;
  const row = y >> 1;
  const far = y & 1 ? min(row + 1, job.chromaHeight - 1) : max(row - 1, 0);
  const near = (row - (top >> 1)) * job.chromaPitch;
  const other = (far - (top >> 1)) * job.chromaPitch;
  const cb = job.cb;
  const cr = job.cr;
  const held = job.line + LINE;
  if (y & 1) meanH2v2Row(out, luma, cb + near, cb + other, cr + near, cr + other, job.outWidth, job.line, held);
  else sumH2v2Row(held, luma, cb + near, cb + other, cr + near, cr + other, job.outWidth);
}

/** Image row `y` where the unit row begins at row `top`. `before` has the pixels of the row above, or is 0. */
function emitRow(job: JpegJob, y: i32, top: i32, out: usize, before: usize, pixels: i32): void {
  const luma = job.luma + (y - top) * job.lumaPitch;
  const line = job.line;
  const pitch = job.chromaPitch;
  if (job.upsampling == UPSAMPLE_H2V2) {
    const row = y >> 1;
    const far = y & 1 ? min(row + 1, job.chromaHeight - 1) : max(row - 1, 0);
    const near = (row - (top >> 1)) * pitch;
    const other = (far - (top >> 1)) * pitch;
    // The row above was made of the same pair of chroma rows, or of this one and the one on its other side.
    const above = y & 1 ? (max(row - 1, 0) - (top >> 1)) * pitch : near;
    if (before && y >= top && repeatsRow(job, luma, other, above, pixels)) {
      memory.copy(out, before, 3 * pixels);
      return;
    }
    convertH2v2Row(out, luma, job.cb + near, job.cb + other, job.cr + near, job.cr + other, pixels, line);
    return;
  }
  const row = job.upsampling == UPSAMPLE_REPEAT && job.down == 2 ? (y - top) >> 1 : y - top;
  const cb = job.cb + row * pitch;
  const cr = job.cr + row * pitch;
  if (job.upsampling == UPSAMPLE_H2V1) convertH2v1Row(out, luma, cb, cr, pixels, line);
  else if (job.upsampling == UPSAMPLE_REPEAT) convertRepeatedRow(out, luma, cb, cr, pixels, line);
  else if (job.convert) convertRow(out, luma, cb, cr, pixels, line);
  else storeRgbRow(out, luma, cb, cr, pixels, line);
}

/** Whether luma is that of the row above, and both chroma planes have the same samples at two places: most of glass. */
function repeatsRow(job: JpegJob, luma: usize, one: usize, other: usize, pixels: i32): bool {
  if (!isSameRow(luma, luma - job.lumaPitch, pixels)) return false;
  const width = job.chromaWidth;
  return isSameRow(job.cb + one, job.cb + other, width) && isSameRow(job.cr + one, job.cr + other, width);
}

/** The last row of samples becomes the row above the next ones. */
function carry(job: JpegJob): void {
  if (job.upsampling != UPSAMPLE_H2V2) return;
  const lumaLast = (job.down * job.lumaSide - 1) * job.lumaPitch;
  carryRow(job.luma, lumaLast, job.lumaPitch);
  const chromaLast = (job.chromaSide - 1) * job.chromaPitch;
  carryRow(job.cb, chromaLast, job.chromaPitch);
  carryRow(job.cr, chromaLast, job.chromaPitch);
}

/** For rows this short a loop costs less than a call of `memory.copy`. */
@inline
function carryRow(plane: usize, last: usize, pitch: usize): void {
  const from = plane - LEFT + last;
  const to = plane - LEFT - pitch;
  for (let at: usize = 0; at < pitch; at += 16) v128.store(to + at, v128.load(from + at));
}
