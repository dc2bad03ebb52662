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
import { PLACES } from './jpeg-decode-layout';
import { AC_BITS, DC_BITS, DC_MAX_SIZE, END_STEPS, findLongAc, findLongCode, LOOKUP } from './jpeg-decode-tables';

// The bytes of a restart interval are unstuffed once, in reverse order, into `window`: the reader then has no FF to look for
// and loads its next 8 bytes, most significant first, with one plain load. Behind them lie WINDOW_PAD zero bytes, more than a
// unit can take, so that one check per unit bounds every read.

/** 6 blocks of at most 27 + 63 * 26 bits, and the bits that are loaded ahead. */
export const WINDOW_PAD: i32 = 1280;
/** Bytes above and below the window that 16-byte moves may touch. */
export const WINDOW_MARGIN: i32 = 32;

const END_OF_IMAGE: i32 = 0xd9;

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
  job.bits = load<u64>(top - 8);
  job.position = 8 * <u64>(top - 8) + 7;
  job.predicted0 = 0;
  job.predicted1 = 0;
  job.predicted2 = 0;
  job.untilRestart = job.restart;
}

/** Bits of the interval that were not read; negative where more was read than there is. */
@inline
function countBitsLeft(job: JpegJob, position: u64): i64 {
  return <i64>position + 57 - 8 * <i64>(job.windowEnd - job.intervalBytes);
}

/** The next 57 bits or more, left-aligned. */
@inline
function peek(position: u64): u64 {
  return load<u64>(<usize>(position >> 3)) << (~position & 7);
}

/** At the end of an interval that is not the last: the marker must follow at once, with the right number. */
function restart(job: JpegJob): i32 {
  if (countBitsLeft(job, job.position) >= 8) return EXTRANEOUS_DATA;
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
  const bytes = <i32>(countBitsLeft(job, job.position) >> 3);
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

/** Where zeros were read behind the end, whatever came of them, the data ended too early. */
function explain(job: JpegJob, position: u64, fault: i32): i32 {
  return countBitsLeft(job, position) < 0 ? PREMATURE_END : fault;
}

/** The number that the first `size` bits stand for (T.81 F.12), without a branch on it, which nothing predicts. */
@inline
function extend(bits: u64, size: u64): i64 {
  const negative = ~(<i64>bits >> 63);
  return <i64>(bits >> 1 >> (63 - size)) + (negative & (1 - (<i64>1 << size)));
}

/**
 * Decodes the coefficients of one row of units into `job.coefficients`, which must be zero.
 *
 * A look-up waits for the bits that the one before it leaves: the time goes into entry, shift, index, entry and into wrong
 * guesses at the end of a block. So `bits` is loaded anew beside the look-up, from the position before that is known to move
 * on; 57 bits less those of a symbol (16 and 10, or 16 and 11 for DC) are enough for the next look-up.
 */
export function decodeUnitRow(job: JpegJob): i32 {
  const components = job.components;
  const lumaBlocks = components == 1 ? 1 : job.blocksPerUnit - 2;
  const restarts = job.restart != 0;
  let block = job.coefficients;
  let bits = job.bits;
  let position = job.position;
  for (let unit = job.unitsAcross; unit > 0; unit--) {
    if (restarts) {
      if (job.untilRestart == 0) {
        job.position = position;
        const fault = restart(job);
        if (fault != OK) return fault;
        bits = job.bits;
        position = job.position;
      }
      job.untilRestart--;
    }
    let tables = changetype<usize>(job);
    let predicted = tables + offsetof<JpegJob>('predicted0');
    let blocks = lumaBlocks;
    for (let component = 0; component < components; component++) {
      const dc = load<usize>(tables, offsetof<JpegJob>('dc0'));
      const ac = load<usize>(tables, offsetof<JpegJob>('ac0'));
      let level = load<i32>(predicted);
      for (; blocks > 0; blocks--, block += BLOCK_BYTES) {
        let code = load<u32>(dc + LOOKUP + (<usize>(bits >> (64 - DC_BITS)) << 2));
        bits = peek(position);
        if (code == 0) {
          code = findLongCode(dc, <u32>(bits >> 48));
          if (code == 0 || code >> 8 > DC_MAX_SIZE) return explain(job, position, INVALID_CODE);
        }
        bits <<= <u64>code;
        const size = <u64>(code >> 8);
        level += <i32>extend(bits, size);
        store<i16>(block, <i16>level);
        bits <<= size;
        position -= <u64>(code & 63) + size;

        let k: usize = 0;
        while (true) {
          let entry = load<u32>(ac + LOOKUP + (<usize>(bits >> (64 - AC_BITS)) << 2));
          bits = peek(position);
          if ((entry & 63) == 0) {
            if (entry == 0) {
              entry = findLongAc(ac, <u32>(bits >> 48));
              if (entry == 0) return explain(job, position, INVALID_CODE);
            }
            bits <<= <u64>(entry >> 8);
            const size = <u64>(entry >> 24);
            k += <usize>(entry >> 16 & 0xff);
            store<i16>(block + load<u8>(PLACES + k), <i16>extend(bits, size));
            bits <<= size;
            position -= <u64>(entry >> 8 & 63) + size;
            if (k >= 63) break;
            continue;
          }
          k += <usize>(entry >> 6 & 31);
          store<i16>(block + load<u8>(PLACES + k), <i16>(<i32>entry >> 25));
          const more = <usize>(entry >> 11 & 127);
          store<i16>(block + load<u8>(PLACES + k + more), <i16>(<i32>(entry << 7) >> 25));
          if (k + more >= 63) {
            if (k < 63) {
              // From here on, END_OF_BLOCK steps for its end.
              k += more + (more >= END_STEPS ? 64 : 0);
            } else {
              // The first symbol filled the block: the second one is not of this block, and the first is looked up alone.
              k -= <usize>(entry >> 6 & 31);
              const first = findLongAc(ac, <u32>(bits >> 48));
              k += <usize>(first >> 16 & 0xff);
              entry = (first >> 8 & 63) + (first >> 24);
            }
            bits <<= <u64>entry;
            position -= <u64>(entry & 63);
            break;
          }
          k += more;
          bits <<= <u64>entry;
          position -= <u64>(entry & 63);
        }
        // 63, or the last index + END_OF_BLOCK; 64 to 127 is a run that leaves the block.
        if (k & 64) return explain(job, position, INDEX_OVERFLOW);
        store<u16>(block + LAST_INDEX, <u16>(k & 63));
      }
      store<i32>(predicted, level);
      blocks = 1;
      tables += 12;
      predicted += 4;
    }
    if (countBitsLeft(job, position) < 0) return PREMATURE_END;
  }
  job.bits = bits;
  job.position = position;
  return OK;
}
