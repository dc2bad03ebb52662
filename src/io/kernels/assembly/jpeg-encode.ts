// The scan of a baseline JPEG: rows of MCUs are converted, transformed and coded one after the other, so that scratch is
// one row of them. The host writes the markers around it and the tables (io/kernels/jpeg-encode).

import { BLOCK, convertLowerRow, convertRow, convertUpperRow, copyGreyRow, GROUP, repeatRow } from './jpeg-encode-colour';
import { codeBlock, codeEmptyBlock, copyStuffed, finishBits, HUFFMAN_BYTES, rewindBytes, startBits } from './jpeg-encode-entropy';
import { TRANSFORMED, transformBlock } from './jpeg-encode-transform';
import { isSameRow } from './same-row';

const GREY: i32 = 1;
const HALVED: i32 = 2;
/** Reciprocals of one quantisation table, then its Huffman tables: luma first, chroma behind. */
const RECIPROCALS: usize = 256;
const TABLES: usize = RECIPROCALS + HUFFMAN_BYTES;

/** The blocks of one MCU. They are transformed before one of them is coded: that keeps both from waiting for each other. */
const MCU = memory.data(6 * 208, 16);

// The picture, as `jpegWrite` was given it.
let pixels: usize = 0;
let pitch: usize = 0;
let width: i32 = 0;
let height: i32 = 0;

// Scratch: rows of blocks of each component, sums of a line of chroma before it is halved, an edge of 48 bytes.
let lumaBlocks: usize = 0;
let lumaRowBytes: usize = 0;
let blueBlocks: usize = 0;
let redBlocks: usize = 0;
let sums: usize = 0;
let edge: usize = 0;

let lumaBefore: i32 = 0;
let blueBefore: i32 = 0;
let redBefore: i32 = 0;

/**
 * Writes the scan of a picture. `mode`: 1 grey (1 byte a pixel), 2 RGB as 4:2:0, 3 RGB as 4:4:4. `tables` is laid out by
 * the host. With g = groups of 16 pixels a row, `scratch` holds g x 544 + 64 bytes for samples, and `coded` (g x 6 x 216
 * + 64 bytes) the mirrored bits of a row of MCUs. Nothing is written at or behind `limit`.
 * @returns the address behind the last byte of the scan, or 0 where it does not fit below `limit`
 */
export function jpegWrite(
  from: usize,
  fromPitch: i32,
  pictureWidth: i32,
  pictureHeight: i32,
  mode: i32,
  tables: usize,
  scratch: usize,
  coded: usize,
  out: usize,
  limit: usize,
): usize {
  pixels = from;
  pitch = <usize>fromPitch;
  width = pictureWidth;
  height = pictureHeight;
  layOut(scratch);
  startBits(coded);
  lumaBefore = 0;
  blueBefore = 0;
  redBefore = 0;
  let target = out;
  const mcuHeight = mode == HALVED ? 16 : 8;
  for (let top = 0; top < height; top += mcuHeight) {
    if (mode == HALVED) {
      fillHalved(top);
      codeHalved(tables, top);
    } else if (mode == GREY) {
      fillPlain(top, true);
      codeGrey(tables);
    } else {
      fillPlain(top, false);
      codeFull(tables);
    }
    const end = rewindBytes(coded);
    // Every byte may be FF; 16 more for vectors and for the last bits.
    if (target + 2 * (end - coded) + 32 > limit) return 0;
    target = copyStuffed(coded, end, target);
  }
  return finishBits(target);
}

function layOut(scratch: usize): void {
  const groups = <usize>((width + GROUP - 1) / GROUP);
  lumaRowBytes = groups * 2 * BLOCK;
  lumaBlocks = scratch;
  blueBlocks = lumaBlocks + 2 * lumaRowBytes;
  redBlocks = blueBlocks + lumaRowBytes;
  sums = redBlocks + lumaRowBytes;
  edge = sums + 2 * groups * <usize>GROUP;
}

/** 8 rows of samples without halving; below the picture its last row is repeated. */
function fillPlain(top: i32, grey: bool): void {
  const blocks = (width + 7) >> 3;
  for (let y = 0; y < 8; y++) {
    const offset = <usize>y << 3;
    if (top + y >= height) {
      repeatRow(lumaBlocks + offset - 8, lumaBlocks + offset, blocks);
      if (grey) continue;
      repeatRow(blueBlocks + offset - 8, blueBlocks + offset, blocks);
      repeatRow(redBlocks + offset - 8, redBlocks + offset, blocks);
      continue;
    }
    const row = pixels + <usize>(top + y) * pitch;
    if (grey) copyGreyRow(row, width, lumaBlocks + offset);
    else convertRow(row, width, edge, lumaBlocks + offset, blueBlocks + offset, redBlocks + offset);
  }
}

/**
 * 16 rows of luma and 8 of chroma. Pairs of rows that repeat the pair above, as on glass, are copied. Below the picture its last row is repeated to make a pair, and then the last row of each
 * component.
 */
function fillHalved(top: i32): void {
  const groups = (width + GROUP - 1) / GROUP;
  for (let pair = 0; pair < 8; pair++) {
    const y = top + 2 * pair;
    const upper = getLumaRow(2 * pair);
    const chroma = <usize>pair << 3;
    if (y >= height) {
      repeatRow(getLumaRow(2 * pair - 1), upper, 2 * groups);
      repeatRow(upper, upper + 8, 2 * groups);
      repeatRow(blueBlocks + chroma - 8, blueBlocks + chroma, groups);
      repeatRow(redBlocks + chroma - 8, redBlocks + chroma, groups);
      continue;
    }
    const row = pixels + <usize>y * pitch;
    const below = y + 1 < height ? row + pitch : row;
    if (pair > 0 && isSameRow(row, row - 2 * pitch, width * 3) && isSameRow(below, row - pitch, width * 3)) {
      repeatRow(getLumaRow(2 * pair - 2), upper, 2 * groups);
      repeatRow(getLumaRow(2 * pair - 1), upper + 8, 2 * groups);
      repeatRow(blueBlocks + chroma - 8, blueBlocks + chroma, groups);
      repeatRow(redBlocks + chroma - 8, redBlocks + chroma, groups);
      continue;
    }
    convertUpperRow(row, width, edge, upper, sums);
    convertLowerRow(below, width, edge, upper + 8, sums, blueBlocks + chroma, redBlocks + chroma);
  }
}

/** Where row 0 to 15 of luma begins. */
// @ts-ignore: decorator
@inline
function getLumaRow(row: i32): usize {
  return lumaBlocks + <usize>(row >> 3) * lumaRowBytes + (<usize>(row & 7) << 3);
}

/** Blocks of luma that lie wholly outside the picture are not transformed: they repeat the DC before them. */
function codeHalved(tables: usize, top: i32): void {
  const chromaTables = tables + TABLES;
  const blocks = (width + 7) >> 3;
  const hasLower = top + 8 < height;
  for (let x = 0; x < blocks; x += 2) {
    const block = lumaBlocks + (<usize>x << 6);
    const hasRight = x + 1 < blocks;
    transformBlock(block, tables, MCU);
    if (hasRight) transformBlock(block + BLOCK, tables, MCU + TRANSFORMED);
    if (hasLower) transformBlock(block + lumaRowBytes, tables, MCU + 2 * TRANSFORMED);
    if (hasLower && hasRight) transformBlock(block + lumaRowBytes + BLOCK, tables, MCU + 3 * TRANSFORMED);
    transformBlock(blueBlocks + (<usize>x << 5), chromaTables, MCU + 4 * TRANSFORMED);
    transformBlock(redBlocks + (<usize>x << 5), chromaTables, MCU + 5 * TRANSFORMED);
    codeLuma(MCU, tables);
    if (hasRight) codeLuma(MCU + TRANSFORMED, tables);
    else codeEmptyBlock(tables + RECIPROCALS);
    if (hasLower) codeLuma(MCU + 2 * TRANSFORMED, tables);
    else codeEmptyBlock(tables + RECIPROCALS);
    if (hasLower && hasRight) codeLuma(MCU + 3 * TRANSFORMED, tables);
    else codeEmptyBlock(tables + RECIPROCALS);
    codeChroma(MCU + 4 * TRANSFORMED, chromaTables);
  }
}

function codeFull(tables: usize): void {
  const blocks = (width + 7) >> 3;
  for (let x = 0; x < blocks; x++) {
    const block = <usize>x << 6;
    transformBlock(lumaBlocks + block, tables, MCU);
    transformBlock(blueBlocks + block, tables + TABLES, MCU + TRANSFORMED);
    transformBlock(redBlocks + block, tables + TABLES, MCU + 2 * TRANSFORMED);
    codeLuma(MCU, tables);
    codeChroma(MCU + TRANSFORMED, tables + TABLES);
  }
}

function codeGrey(tables: usize): void {
  const blocks = (width + 7) >> 3;
  for (let x = 0; x < blocks; x++) {
    transformBlock(lumaBlocks + (<usize>x << 6), tables, MCU);
    codeLuma(MCU, tables);
  }
}

function codeLuma(block: usize, tables: usize): void {
  codeBlock(block, lumaBefore, tables + RECIPROCALS);
  lumaBefore = <i32>load<i16>(block);
}

/** Codes a block of blue and the block of red behind it. */
function codeChroma(blocks: usize, tables: usize): void {
  codeBlock(blocks, blueBefore, tables + RECIPROCALS);
  blueBefore = <i32>load<i16>(blocks);
  codeBlock(blocks + TRANSFORMED, redBefore, tables + RECIPROCALS);
  redBefore = <i32>load<i16>(blocks + TRANSFORMED);
}
