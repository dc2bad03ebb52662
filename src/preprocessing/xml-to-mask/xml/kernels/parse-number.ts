const POWERS_OF_TEN = Float64Array.from({ length: 23 }, (_, k) => 10 ** k);
/** The first integer whose successor a double does not hold. */
const EXACT = 2 ** 53;
const PLAIN = /^[+-]?(\d+[.,]?\d*|[.,]\d+)(e[+-]?\d+)?$/i;

/**
 * The decimal number in bytes [from, to), rounded correctly; a decimal comma is a point. NaN for anything else, also for
 * an empty range. An integer below 2^53 over a power of ten up to 10^22 is one exact division; the rest goes to `Number`.
 */
export function parseNumber(bytes: Uint8Array, from: number, to: number): number {
  let at = from;
  while (at < to && bytes[at]! <= 0x20) at++;
  const start = at;
  const negative = bytes[at] === 0x2d;
  if (negative || bytes[at] === 0x2b) at++;
  let value = 0;
  let digits = 0;
  let scale = -1;
  for (; at < to; at++) {
    const digit = bytes[at]! - 0x30;
    if (digit >= 0 && digit <= 9) {
      value = value * 10 + digit;
      digits++;
      if (scale >= 0) scale++;
    } else if ((digit === -2 || digit === -4) && scale < 0) scale = 0;
    else break;
  }
  if (at < to || digits === 0 || value >= EXACT || scale > 22) return parseOdd(bytes, start, to);
  if (scale > 0) value /= POWERS_OF_TEN[scale]!;
  return negative ? -value : value;
}

/** Exponents, many digits, blanks behind: seldom, so a string may be made. */
function parseOdd(bytes: Uint8Array, from: number, to: number): number {
  if (to - from > 400) return Number.NaN;
  let text = '';
  for (let at = from; at < to; at++) text += String.fromCharCode(bytes[at]!);
  text = text.trimEnd();
  return PLAIN.test(text) ? Number(text.replace(',', '.')) : Number.NaN;
}
