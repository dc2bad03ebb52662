import {
  buildScanPair,
  CODES,
  CODES_BYTES,
  DC_MAX_SIZE,
  END_OF_BLOCK,
  findCode,
  INDEX_BITS,
  isAcSymbol,
  REST,
  scanPairBytes,
} from './jpeg-check-tables';

// Walks the entropy-coded data of a sequential Huffman scan (ITU T.81, F.2.2) without keeping a coefficient: does it hold
// exactly the blocks that it must? The same verdicts as walk-jpeg-scan.ts, which says them in plain TypeScript.

export { buildScanPair, scanPairBytes };

/** Zeros behind the data, more than a block can take: a bound on every read, checked once a block. */
const PAD: usize = 288;
const MARGIN: usize = 32;

// Problems; SCAN_PROBLEM of walk-jpeg-scan.ts.
const OK: i32 = 0;
const CODE: i32 = -1;
const SHORT: i32 = -2;
const BLOCK: i32 = -3;
const EXTRA: i32 = -4;
const RESTART: i32 = -5;

/** What one walk works on: the host writes the first part as 32-bit words in this order. */
@unmanaged
class ScanWalk {
  source: usize;
  sourceEnd: usize;
  /** `scanWindowBytes` free bytes. */
  window: usize;
  mcus: i32;
  /** MCUs between restart markers; 0 without. */
  restart: i32;
  blocks: i32;
  /** The pair's address for each block of an MCU. */
  pairs: usize;

  // From here on the kernel's own.
  top: usize;
  bytes: i32;
}

/** Bytes of a job. */
export function scanWalkBytes(): i32 {
  return <i32>offsetof<ScanWalk>();
}

/** Bytes of the window that `length` bytes of data need. */
export function scanWindowBytes(length: i32): i32 {
  return (length + <i32>(PAD + 2 * MARGIN) + 15) & ~15;
}

/**
 * Walks a scan. Returns how many bytes behind `source` its data end (at the FF of a marker, or at the end of the bytes), or
 * the problem.
 */
export function walkScan(address: usize): i32 {
  const walk = changetype<ScanWalk>(address);
  const end = walk.sourceEnd;
  let at = walk.source;
  for (let mcu = 0, interval = 0; mcu < walk.mcus; interval++) {
    const count = walk.restart > 0 ? min(walk.restart, walk.mcus - mcu) : walk.mcus;
    at = unstuff(walk, at);
    const problem = walkInterval(walk, count);
    if (problem != OK) return problem;
    while (at + 1 < end && load<u8>(at, 1) == 0xff) at++;
    if (at + 1 < end && load<u8>(at, 1) == 0) return EXTRA;
    mcu += count;
    if (mcu == walk.mcus) break;
    if (at + 1 >= end || <i32>load<u8>(at, 1) != 0xd0 + (interval & 7)) return RESTART;
    at += 2;
  }
  return <i32>(at - walk.source);
}

/** The data up to the next marker, reversed below `top`, without the zeros behind FF; returns where the marker is. */
function unstuff(walk: ScanWalk, from: usize): usize {
  const end = walk.sourceEnd;
  const top = (walk.window + <usize>scanWindowBytes(<i32>(end - walk.source)) - MARGIN) & ~15;
  const reverse = i8x16(15, 14, 13, 12, 11, 10, 9, 8, 7, 6, 5, 4, 3, 2, 1, 0);
  const ff = i8x16.splat(-1);
  let to = top;
  while (from < end) {
    if (from + 16 <= end) {
      const bytes = v128.load(from);
      const found = i8x16.bitmask(i8x16.eq(bytes, ff));
      v128.store(to - 16, v128.swizzle(bytes, reverse));
      if (found == 0) {
        from += 16;
        to -= 16;
        continue;
      }
      const plain = ctz(found);
      from += plain;
      to -= plain;
    } else if (load<u8>(from) != 0xff) {
      store<u8>(--to, load<u8>(from++));
      continue;
    }
    if (from + 1 >= end || load<u8>(from, 1) != 0) break;
    store<u8>(--to, 0xff);
    from += 2;
  }
  walk.top = top;
  walk.bytes = <i32>(top - to);
  memory.fill(to - PAD, 0, PAD);
  return from;
}

function walkInterval(walk: ScanWalk, mcus: i32): i32 {
  // The reader is at most 16 bytes ahead.
  const low = walk.top - walk.bytes - 24;
  const first = walk.pairs;
  const last = first + 4 * walk.blocks;
  let place = first;
  /** Address of the next 8 bytes, those that are loaded (left-aligned), and how many of their bits are valid. */
  let at = walk.top - 8;
  let bits: u64 = 0;
  let count: i64 = 0;
  for (let left = mcus * walk.blocks; left > 0; left--) {
    const pair = load<usize>(place);
    place += 4;
    if (place == last) place = first;

    bits |= load<u64>(at) >> count;
    at -= <usize>((63 - count) >> 3);
    count |= 56;
    let entry = <u64>load<u16>(pair + (<usize>(bits >> (64 - INDEX_BITS)) << 1));
    let k = <i32>(entry >> 8);
    if (k >= 63) {
      if (<u32>(k - END_OF_BLOCK) < 63) {
        bits <<= entry;
        count -= entry & 63;
        if (at < low) return SHORT;
        continue;
      }
      const found = findCode(pair + CODES, <u32>(bits >> 48));
      if (found == 0) return countBits(walk, at, count) < 16 ? SHORT : CODE;
      const taken = (found & 255) + (found >> 8 & 15);
      bits <<= <u64>taken;
      count -= taken;
      if (found >> 8 > DC_MAX_SIZE) return countBits(walk, at, count) < 0 ? SHORT : BLOCK;
      k = 0;
    } else {
      bits <<= entry;
      count -= entry & 63;
    }

    const rest = pair + REST;
    for (;;) {
      bits |= load<u64>(at) >> count;
      at -= <usize>((63 - count) >> 3);
      count |= 56;
      entry = <u64>load<u16>(rest + (<usize>(bits >> (64 - INDEX_BITS)) << 1));
      k += <i32>(entry >> 8);
      if (k < 63) {
        bits <<= entry;
        count -= entry & 63;
        entry = <u64>load<u16>(rest + (<usize>(bits >> (64 - INDEX_BITS)) << 1));
        k += <i32>(entry >> 8);
        if (k < 63) {
          bits <<= entry;
          count -= entry & 63;
          entry = <u64>load<u16>(rest + (<usize>(bits >> (64 - INDEX_BITS)) << 1));
          k += <i32>(entry >> 8);
          if (k < 63) {
            bits <<= entry;
            count -= entry & 63;
            continue;
          }
        }
      }
      if (<u32>(k - END_OF_BLOCK) < 63) {
        bits <<= entry;
        count -= entry & 63;
        break;
      }
      // Symbol by symbol: a long code, or index 63 is near.
      k -= <i32>(entry >> 8);
      bits |= load<u64>(at) >> count;
      at -= <usize>((63 - count) >> 3);
      count |= 56;
      const found = findCode(pair + CODES + CODES_BYTES, <u32>(bits >> 48));
      if (found == 0) return countBits(walk, at, count) < 16 ? SHORT : CODE;
      const symbol = found >> 8;
      const taken = (found & 255) + (symbol & 15);
      bits <<= <u64>taken;
      count -= taken;
      if (symbol == 0) break;
      k += (symbol >> 4) + 1;
      if (k > 63 || !isAcSymbol(symbol)) return countBits(walk, at, count) < 0 ? SHORT : BLOCK;
      if (k == 63) break;
    }
    if (at < low) return SHORT;
  }
  const left = countBits(walk, at, count);
  if (left < 0) return SHORT;
  // Padding to a whole byte is all that may follow.
  return left >= 8 ? EXTRA : OK;
}

/** Bits of the interval that were not read; negative where more was read than there is. */
function countBits(walk: ScanWalk, at: usize, count: i64): i64 {
  return 8 * (<i64>walk.bytes - <i64>(walk.top - 8 - at)) + count;
}
