import {
  BAD_RESTART,
  BLOCK_BYTES,
  EXTRANEOUS_DATA,
  INDEX_OVERFLOW,
  INVALID_CODE,
  JpegJob,
  LAST_INDEX,
  OK,
  PREMATURE_END,
} from './jpeg-decode-job';
import { AC_BITS, DC_BITS, DC_MAX_SIZE, findLongAc, findLongCode, LOOKUP } from './jpeg-decode-tables';

// The bytes of a restart interval are unstuffed once, in reverse order, into `window`: the reader then has no FF to look for
// and loads its next 8 bytes, most significant first, with one plain load. Behind them lie WINDOW_PAD zero bytes, more than a
// unit can take, so that one check per unit bounds every read.

/** 6 blocks of at most 27 + 63 * 26 bits, and the bits that are loaded ahead. */
export const WINDOW_PAD: i32 = 1280;
/** Bytes above and below the window that 16-byte moves may touch. */
export const WINDOW_MARGIN: i32 = 32;

const END_OF_IMAGE: i32 = 0xd9;

/** Byte offset of zig-zag index k in a block in natural order; from 64 on, the place behind the block. */
const ZIGZAG: usize = memory.data<u8>([
  0, 2, 16, 32, 18, 4, 6, 20, 34, 48, 64, 50, 36, 22, 8, 10, 24, 38, 52, 66, 80, 96, 82, 68, 54, 40, 26, 12, 14, 28, 42,
  56, 70, 84, 98, 112, 114, 100, 86, 72, 58, 44, 30, 46, 60, 74, 88, 102, 116, 118, 104, 90, 76, 62, 78, 92, 106, 120,
  122, 108, 94, 110, 124, 126, 128, 128, 128, 128, 128, 128, 128, 128, 128, 128, 128, 128, 128, 128, 128, 128, 128, 128,
  128, 128, 128, 128, 128, 128, 128, 128, 128, 128, 128, 128, 128, 128, 128, 128, 128, 128, 128, 128, 128, 128, 128,
  128, 128, 128, 128, 128, 128, 128, 128, 128, 128, 128, 128, 128, 128, 128, 128, 128, 128, 128, 128, 128, 128, 128,
  128, 128, 128, 128, 128, 128, 128, 128, 128, 128, 128, 128, 128, 128, 128, 128, 128, 128, 128, 128, 128, 128, 128,
  128, 128, 128, 128, 128, 128, 128, 128, 128, 128, 128, 128, 128, 128, 128, 128, 128, 128, 128, 128, 128, 128, 128,
  128, 128, 128, 128, 128, 128, 128, 128, 128, 128, 128, 128, 128, 128, 128, 128, 128, 128,
]);

/** Unstuffs up to the next marker (or the end) and makes the reader ready. `job.source` then points to the marker. */
export function startInterval(job: JpegJob): void {
  const top = job.windowEnd;
  const end = job.sourceEnd;
  let from = job.source;
  let to = top;
  const reverse = i8x16(15, 14, 13, 12, 11, 10, 9, 8, 7, 6, 5, 4, 3, 2, 1, 0);
  const ff = i8x16.splat(-1);
  while (from < end) {
    if (from + 16 <= end) {
      const bytes = v128.load(from);
      const stuffed = i8x16.bitmask(i8x16.eq(bytes, ff));
      v128.store(to - 16, v128.swizzle(bytes, reverse));
      if (stuffed == 0) {
        from += 16;
        to -= 16;
        continue;
      }
      const plain = ctz(stuffed);
      from += plain;
      to -= plain;
    } else if (load<u8>(from) != 0xff) {
      store<u8>(--to, load<u8>(from++));
      continue;
    }
    // At an FF. More of them are fill bytes, as libjpeg reads them; a zero makes it data; anything else is a marker.
    let next = from + 1;
    while (next < end && load<u8>(next) == 0xff) next++;
    if (next >= end || load<u8>(next) != 0) break;
    store<u8>(--to, 0xff);
    from = next + 1;
  }
  job.source = from;
  job.intervalBytes = <i32>(top - to);
  memory.fill(to - WINDOW_PAD, 0, WINDOW_PAD);
  job.at = top - 8;
  job.bits = 0;
  job.count = 0;
  job.predicted0 = 0;
  job.predicted1 = 0;
  job.predicted2 = 0;
  job.untilRestart = job.restart;
}

/** Bits of the interval that were not read; negative where more was read than there is. */
@inline
function countBitsLeft(job: JpegJob, at: usize, count: i64): i64 {
  return 8 * (<i64>job.intervalBytes - <i64>(job.windowEnd - 8 - at)) + count;
}

/** At the end of an interval that is not the last: the marker must follow at once, with the right number. */
function restart(job: JpegJob): i32 {
  if (countBitsLeft(job, job.at, job.count) >= 8) return EXTRANEOUS_DATA;
  let from = job.source;
  const end = job.sourceEnd;
  while (from + 1 < end && load<u8>(from, 1) == 0xff) from++;
  if (from + 1 >= end) return PREMATURE_END;
  const marker = <i32>load<u8>(from, 1);
  if (marker != 0xd0 + job.restartNumber) return marker == END_OF_IMAGE ? PREMATURE_END : BAD_RESTART;
  job.restartNumber = (job.restartNumber + 1) & 7;
  job.source = from + 2;
  startInterval(job);
  return OK;
}

/**
 * After the last unit: no data may be left, but bytes that are all 0 or all 1, which some encoders pad with. Then the end
 * marker, or nothing: without it the image is still complete.
 */
export function checkEnd(job: JpegJob): i32 {
  const bytes = <i32>(countBitsLeft(job, job.at, job.count) >> 3);
  const start = job.windowEnd - job.intervalBytes;
  for (let i = 0; i < bytes; i++) {
    const byte = load<u8>(start + i);
    if (byte != 0 && byte != 0xff) return EXTRANEOUS_DATA;
  }
  let from = job.source;
  const end = job.sourceEnd;
  while (from + 1 < end && load<u8>(from, 1) == 0xff) from++;
  return from + 1 >= end || load<u8>(from, 1) == END_OF_IMAGE ? OK : EXTRANEOUS_DATA;
}

/** Decodes the coefficients of one row of units into `job.coefficients`, which must be zero. */
export function decodeUnitRow(job: JpegJob): i32 {
  const blocks = job.blocksPerUnit;
  const lumaBlocks = job.components == 1 ? 1 : blocks - 2;
  const units = job.unitsAcross;
  const restarts = job.restart != 0;
  let block = job.coefficients;
  let bits = job.bits;
  let count = job.count;
  let at = job.at;
  for (let unit = 0; unit < units; unit++) {
    if (restarts) {
      if (job.untilRestart == 0) {
        job.at = at;
        job.count = count;
        const fault = restart(job);
        if (fault != OK) return fault;
        bits = 0;
        count = 0;
        at = job.at;
      }
      job.untilRestart--;
    }
    let fault = OK;
    for (let b = 0; b < blocks; b++) {
      const component = b < lumaBlocks ? 0 : b - lumaBlocks + 1;
      const tables = changetype<usize>(job) + 12 * component;
      const dc = load<usize>(tables, offsetof<JpegJob>('dc0'));
      const ac = load<usize>(tables, offsetof<JpegJob>('ac0'));
      const predicted = changetype<usize>(job) + 4 * component + offsetof<JpegJob>('predicted0');

      // At least 56 bits: enough for a DC value (16 + 11) and the first AC index.
      bits |= load<u64>(at) >> count;
      at -= <usize>((63 - count) >> 3);
      count |= 56;
      let code = load<u32>(dc + LOOKUP + (<usize>(bits >> (64 - DC_BITS)) << 2));
      if (code == 0) {
        code = findLongCode(dc, <u32>(bits >> 48));
        if (code == 0 || code >> 8 > DC_MAX_SIZE) {
          fault = INVALID_CODE;
          break;
        }
      }
      // Without a branch on the size, which nothing predicts: a leading 0 means a negative difference (T.81 F.12).
      bits <<= <u64>code;
      const size = <u64>(code >> 8);
      const negative = ~(<i64>bits >> 63);
      const difference = <i64>(bits >> 1 >> (63 - size)) + (negative & (1 - (<i64>1 << size)));
      bits <<= size;
      count -= (code & 63) + size;
      const value = load<i32>(predicted) + <i32>difference;
      store<i32>(predicted, value);
      store<i16>(block, <i16>value);

      let k: usize = 0;
      do {
        bits |= load<u64>(at) >> count;
        at -= <usize>((63 - count) >> 3);
        count |= 56;
        let entry = load<u64>(ac + LOOKUP + (<usize>(bits >> (64 - AC_BITS)) << 3));
        if ((entry & 63) == 0) {
          if (entry == 0) {
            entry = findLongAc(ac, <u32>(bits >> 48));
            if (entry == 0) {
              fault = INVALID_CODE;
              break;
            }
          }
          bits <<= entry >> 8;
          const size = entry >> 24;
          const negative = ~(<i64>bits >> 63);
          const value = <i64>(bits >> 1 >> (63 - size)) + (negative & (1 - (<i64>1 << size)));
          bits <<= size;
          count -= (entry >> 8 & 63) + size;
          k += <usize>(entry >> 16 & 0xff);
          store<i16>(block + load<u8>(ZIGZAG + k), <i16>value);
          continue;
        }
        // One or two symbols; where the first one ends the block, the second belongs to the next.
        k += <usize>(entry >> 16 & 0xff);
        store<i16>(block + load<u8>(ZIGZAG + k), <i16>(entry >> 32));
        if (k >= 63) {
          bits <<= entry >> 8;
          count -= entry >> 8 & 63;
          break;
        }
        k += <usize>(entry >> 24 & 0xff);
        store<i16>(block + load<u8>(ZIGZAG + k), <i16>(entry >> 48));
        bits <<= entry;
        count -= entry & 63;
      } while (k < 63);
      if (fault != OK) break;
      // 63, or the last index + END_OF_BLOCK; 64 to 127 is a run that leaves the block.
      if (k & 64) {
        fault = INDEX_OVERFLOW;
        break;
      }
      store<u16>(block + LAST_INDEX, <u16>(k & 63));
      block += BLOCK_BYTES;
    }
    // Zeros were read behind the end: whatever came of them, the data ended too early.
    if (countBitsLeft(job, at, count) < 0) return PREMATURE_END;
    if (fault != OK) return fault;
  }
  job.bits = bits;
  job.count = count;
  job.at = at;
  return OK;
}
