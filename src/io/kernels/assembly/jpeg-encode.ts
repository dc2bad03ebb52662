// The scan of a baseline JPEG: rows of MCUs are converted, transformed and coded one after the other, so that scratch is
// one row of them. The host writes the markers around it and the tables (io/kernels/jpeg-encode).

import {
  BLOCK, convertFirst, convertRow, convertSecond, copyGreyRow, GROUP, PAIR, pairLines, repeatPairs, SUMS,
} from './jpeg-encode-colour';
import { codeBlock, codeEmptyBlock, copyStuffed, finishBits, HUFFMAN_BYTES, rewindBytes, startBits } from './jpeg-encode-entropy';
import { TRANSFORMED, transformBlocks } from './jpeg-encode-transform';
import { isSameRow } from './same-row';

const GREY: i32 = 1;
const HALVED: i32 = 2;
/** Reciprocals of one quantisation table, then its Huffman tables: luma first, chroma behind. */
const RECIPROCALS: usize = 256;
const TABLES: usize = RECIPROCALS + HUFFMAN_BYTES;
/** Samples of an MCU of 4:2:0 (four blocks of luma, blue, red) and of 4:4:4. */
const HALVED_MCU: usize = 6 * BLOCK;
const FULL_MCU: usize = 3 * BLOCK;

/** The blocks of one MCU. They are transformed before one of them is coded: that keeps both from waiting for each other. */
const MCU = memory.data(6 * 208, 16);

// The picture, as `jpegWrite` was given it.
let pixels: usize = 0;
let pitch: usize = 0;
let width: i32 = 0;
let height: i32 = 0;

// Scratch: the samples of a row of MCUs, one MCU after the other; two lines of each component; sums of chroma; the end of a row.
let groups: i32 = 0;
let samples: usize = 0;
let lines: usize = 0;
let lineBytes: usize = 0;
let sums: usize = 0;
let edge: usize = 0;

let lumaBefore: i32 = 0;
let blueBefore: i32 = 0;
let redBefore: i32 = 0;

/**
 * Writes the scan of a picture. `mode`: 1 grey (1 byte a pixel), 2 RGB as 4:2:0, 3 RGB as 4:4:4. `tables` is laid out by
 * the host. With g = groups of 16 pixels a row, `scratch` holds g x 512 + 64 bytes for samples, and `coded` (g x 6 x 216
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
  groups = (width + GROUP - 1) / GROUP;
  samples = scratch;
  lines = samples + <usize>groups * HALVED_MCU;
  lineBytes = <usize>groups << 4;
  sums = lines + 4 * lineBytes;
  edge = lines + 8 * lineBytes;
}

/** Where pair 0 to 3 of the rows of a block lies. */
// @ts-ignore: decorator
@inline
function getPair(pair: i32): usize {
  return <usize>(pair ^ (pair >> 1)) * PAIR;
}

/** Two lines into the blocks from `to` on: every other pair has its lower row first. */
function placeLines(line: usize, pair: i32, to: usize, next: usize, step: usize): void {
  const other = line + lineBytes;
  const at = getPair(pair);
  if (pair & 1) pairLines(other, line, groups, to + at, next + at, step);
  else pairLines(line, other, groups, to + at, next + at, step);
}

/** 8 rows of samples without halving; below the picture its last row is repeated. */
function fillPlain(top: i32, grey: bool): void {
  const blue = lines + 2 * lineBytes;
  const red = lines + 4 * lineBytes;
  for (let y = 0; y < 8; y++) {
    const row = pixels + <usize>min(top + y, height - 1) * pitch;
    const offset = <usize>(y & 1) * lineBytes;
    if (grey) copyGreyRow(row, width, edge, lines + offset);
    else convertRow(row, width, edge, lines + offset, blue + offset, red + offset);
    if (!(y & 1)) continue;
    const pair = y >> 1;
    if (grey) {
      placeLines(lines, pair, samples, samples + BLOCK, 2 * BLOCK);
      continue;
    }
    const next = samples + FULL_MCU;
    placeLines(lines, pair, samples, next, 2 * FULL_MCU);
    placeLines(blue, pair, samples + BLOCK, next + BLOCK, 2 * FULL_MCU);
    placeLines(red, pair, samples + 2 * BLOCK, next + 2 * BLOCK, 2 * FULL_MCU);
  }
}

/**
 * 16 rows of luma and 8 of chroma. Pairs of rows that repeat the pair above, as on glass, are copied. Below the picture its
 * last row is repeated in luma, and the last row of chroma in chroma.
 */
function fillHalved(top: i32): void {
  const chroma = samples + 4 * BLOCK;
  for (let pair = 0; pair < 8; pair++) {
    const y = top + 2 * pair;
    const luma = getLumaPair(pair);
    const line = lines + <usize>(pair & 1) * lineBytes;
    const lineAbove = lines + <usize>(~pair & 1) * lineBytes;
    const row = pixels + <usize>min(y, height - 1) * pitch;
    const below = y + 1 < height ? row + pitch : row;
    if (y >= height) {
      convertPair(row, row, luma, lines + 2 * lineBytes);
      memory.copy(line, lineAbove, lineBytes);
    } else if (pair > 0 && isSameRow(row, row - 2 * pitch, width * 3) && isSameRow(below, row - pitch, width * 3)) {
      repeatPairs(getLumaPair(pair - 1), groups, luma, HALVED_MCU);
      memory.copy(line, lineAbove, lineBytes);
    } else if (pair & 1) {
      convertPair(below, row, luma, line);
    } else {
      convertPair(row, below, luma, line);
    }
    if (pair & 1) placeLines(lines, pair >> 1, chroma, chroma + BLOCK, HALVED_MCU);
  }
}

/** `chroma` is a line; that of luma lies behind the others. */
function convertPair(first: usize, second: usize, luma: usize, chroma: usize): void {
  const line = lines + 3 * lineBytes;
  convertFirst(first, width, edge, line, sums);
  convertSecond(second, width, edge, line, sums, luma, HALVED_MCU, chroma);
}

/** Where pair 0 to 7 of the rows of luma lies in the first MCU. */
// @ts-ignore: decorator
@inline
function getLumaPair(pair: i32): usize {
  return samples + <usize>(pair >> 2) * (2 * BLOCK) + getPair(pair & 3);
}

/** Blocks of luma that lie wholly outside the picture are not coded: they repeat the DC before them. */
function codeHalved(tables: usize, top: i32): void {
  const chromaTables = tables + TABLES;
  const blocks = (width + 7) >> 3;
  const hasLower = top + 8 < height;
  let mcu = samples;
  for (let x = 0; x < blocks; x += 2, mcu += HALVED_MCU) {
    const hasRight = x + 1 < blocks;
    transformBlocks(mcu, 4, 6, tables, chromaTables, MCU);
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
  let mcu = samples;
  for (let x = 0; x < blocks; x++, mcu += FULL_MCU) {
    transformBlocks(mcu, 1, 3, tables, tables + TABLES, MCU);
    codeLuma(MCU, tables);
    codeChroma(MCU + TRANSFORMED, tables + TABLES);
  }
}

function codeGrey(tables: usize): void {
  const blocks = (width + 7) >> 3;
  for (let x = 0; x < blocks; x += 6) {
    const count = min(6, blocks - x);
    transformBlocks(samples + <usize>x * BLOCK, count, count, tables, tables, MCU);
    for (let i = 0; i < count; i++) codeLuma(MCU + <usize>i * TRANSFORMED, tables);
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
