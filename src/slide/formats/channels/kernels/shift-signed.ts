/**
 * Grey levels of signed samples that were decoded as unsigned ones: the least value becomes 0, zero 128, the greatest 255.
 * With two's complement that is the highest bit turned over; of 16 bits taken to 8 it may be one level beside the nearest.
 */
export function shiftSigned(grey: Uint8Array): Uint8Array {
  const shifted = new Uint8Array(grey.length);
  for (let i = 0; i < grey.length; i++) shifted[i] = grey[i]! ^ 128;
  return shifted;
}
