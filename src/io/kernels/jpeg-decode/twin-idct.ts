/**
 * The accurate integer inverse DCT (Loeffler, Ligtenberg, Moschytz 1989; 13-bit constants, 2 extra bits between the passes)
 * and libjpeg's reduced ones. Mirrors assembly/jpeg-decode-idct.ts: products and sums wrap as they do in 16- and 32-bit
 * lanes, which valid streams never reach. The last rounding also adds the
 * level shift of 128.
 */
export interface SampleBlock {
  readonly plane: Uint8Array;
  readonly offset: number;
  readonly pitch: number;
  /** 8, 4, 2 or 1. */
  readonly side: number;
}

const work = new Int32Array(64);
const terms = new Int32Array(64);

/** One block of coefficients (natural order) to `side` x `side` samples. */
export function inverseDct(block: Int16Array, quantisation: Uint16Array, out: SampleBlock): void {
  for (let i = 0; i < 64; i++) terms[i] = wrap(Math.imul(block[i]!, quantisation[i]!));
  if (out.side === 8) transform8(out);
  else if (out.side === 4) transform4(out);
  else if (out.side === 2) transform2(out);
  else transform1(out);
}

function wrap(value: number): number {
  return (value << 16) >> 16;
}

function saturate(value: number): number {
  return Math.max(-32_768, Math.min(32_767, value));
}

function toByte(value: number): number {
  return Math.max(0, Math.min(255, value));
}

function transform8({ plane, offset, pitch }: SampleBlock): void {
  const line = new Int32Array(8);
  for (let x = 0; x < 8; x++) {
    pass8(terms, x, { step: 8, out: line, round: 1 << 10 });
    for (let y = 0; y < 8; y++) work[8 * y + x] = saturate(line[y]! >> 11);
  }
  for (let y = 0; y < 8; y++) {
    pass8(work, 8 * y, { step: 1, out: line, round: (1 << 17) + (128 << 18) });
    for (let x = 0; x < 8; x++) plane[offset + y * pitch + x] = toByte(line[x]! >> 18);
  }
}

/** One line of eight, not yet shifted down. */
function pass8(
  from: Int32Array,
  at: number,
  { step, out, round }: { step: number; out: Int32Array; round: number },
): void {
  const in0 = from[at]!;
  const in1 = from[at + step]!;
  const in2 = from[at + 2 * step]!;
  const in3 = from[at + 3 * step]!;
  const in4 = from[at + 4 * step]!;
  const in5 = from[at + 5 * step]!;
  const in6 = from[at + 6 * step]!;
  const in7 = from[at + 7 * step]!;
  const sum = (Math.imul(in0 + in4, 8192) + round) | 0;
  const difference = (Math.imul(in0 - in4, 8192) + round) | 0;
  const t2 = (Math.imul(in2, 4433) - Math.imul(in6, 10_704)) | 0;
  const t3 = (Math.imul(in2, 10_703) + Math.imul(in6, 4433)) | 0;
  const s3 = wrap(in3 + in7);
  const s4 = wrap(in1 + in5);
  const z3 = (Math.imul(s4, 9633) - Math.imul(s3, 6436)) | 0;
  const z4 = (Math.imul(s3, 9633) + Math.imul(s4, 6437)) | 0;
  const o0 = Math.imul(in1, 4926) - Math.imul(in7, 7373) + z4;
  const o1 = Math.imul(in3, 4177) - Math.imul(in5, 20_995) + z3;
  const o2 = z4 - Math.imul(in5, 4176) - Math.imul(in3, 20_995);
  const o3 = z3 - Math.imul(in7, 4927) - Math.imul(in1, 7373);
  // Int32Array wraps sums at 32 bits.
  out[0] = sum + t3 + o0;
  out[7] = sum + t3 - o0;
  out[1] = difference + t2 + o1;
  out[6] = difference + t2 - o1;
  out[2] = difference - t2 + o2;
  out[5] = difference - t2 - o2;
  out[3] = sum - t3 + o3;
  out[4] = sum - t3 - o3;
}

function transform4({ plane, offset, pitch }: SampleBlock): void {
  const line = new Int32Array(4);
  for (let x = 0; x < 8; x++) {
    pass4(terms, x, { step: 8, out: line, round: 1 << 11 });
    for (let y = 0; y < 4; y++) work[8 * y + x] = saturate(line[y]! >> 12);
  }
  for (let y = 0; y < 4; y++) {
    pass4(work, 8 * y, { step: 1, out: line, round: (1 << 18) + (128 << 19) });
    for (let x = 0; x < 4; x++) plane[offset + y * pitch + x] = toByte(line[x]! >> 19);
  }
}

function pass4(
  from: Int32Array,
  at: number,
  { step, out, round }: { step: number; out: Int32Array; round: number },
): void {
  const in1 = from[at + step]!;
  const in3 = from[at + 3 * step]!;
  const in5 = from[at + 5 * step]!;
  const in7 = from[at + 7 * step]!;
  const dc = Math.imul(from[at]!, 16_384) + round;
  const even = Math.imul(from[at + 2 * step]!, 15_137) - Math.imul(from[at + 6 * step]!, 6270);
  const odd0 = Math.imul(in5, 11_893) - Math.imul(in7, 1730) + Math.imul(in1, 8697) - Math.imul(in3, 17_799);
  const odd2 = Math.imul(in1, 20_995) + Math.imul(in3, 7373) - Math.imul(in5, 4926) - Math.imul(in7, 4176);
  out[0] = dc + even + odd2;
  out[3] = dc + even - odd2;
  out[1] = dc - even + odd0;
  out[2] = dc - even - odd0;
}

function transform2({ plane, offset, pitch }: SampleBlock): void {
  for (let x = 0; x < 8; x++) {
    const dc = (Math.imul(terms[x]!, 32_768) + (1 << 12)) | 0;
    const odd = oddOf2(terms, x, 8);
    work[x] = saturate(((dc + odd) | 0) >> 13);
    work[8 + x] = saturate(((dc - odd) | 0) >> 13);
  }
  for (let y = 0; y < 2; y++) {
    const dc = (Math.imul(work[8 * y]!, 32_768) + (1 << 19) + (128 << 20)) | 0;
    const odd = oddOf2(work, 8 * y, 1);
    plane[offset + y * pitch] = toByte(((dc + odd) | 0) >> 20);
    plane[offset + y * pitch + 1] = toByte(((dc - odd) | 0) >> 20);
  }
}

function oddOf2(from: Int32Array, at: number, step: number): number {
  const low = Math.imul(from[at + step]!, 29_692) - Math.imul(from[at + 3 * step]!, 10_426);
  return (low + Math.imul(from[at + 5 * step]!, 6967) - Math.imul(from[at + 7 * step]!, 5906)) | 0;
}

function transform1({ plane, offset }: SampleBlock): void {
  plane[offset] = toByte(((terms[0]! + 4) >> 3) + 128);
}
