/** Bytes that grow. */
export interface ByteList {
  values: Uint8Array;
  length: number;
}

/** Up to so many bytes a loop costs less than the view that `set` needs. */
const SHORT = 64;

export function createByteList(): ByteList {
  return { values: new Uint8Array(4096), length: 0 };
}

/** Appends bytes [from, to) of `bytes`. */
export function appendBytes(list: ByteList, bytes: Uint8Array, from: number, to: number): void {
  const length = list.length + to - from;
  if (length > list.values.length) {
    const values = new Uint8Array(Math.max(length, list.values.length * 2));
    values.set(list.values.subarray(0, list.length));
    list.values = values;
  }
  if (to - from > SHORT) list.values.set(bytes.subarray(from, to), list.length);
  else for (let p = from, at = list.length; p < to; ) list.values[at++] = bytes[p++]!;
  list.length = length;
}
