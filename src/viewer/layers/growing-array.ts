/** Numbers of a length that nobody knows beforehand: room doubles, so that each is copied about once. */
export interface GrowingArray<T extends Float32Array | Uint32Array> {
  readonly length: number;
  push(value: number): void;
  pushAll(values: ArrayLike<number>): void;
  /** All of them, in memory of their own. */
  finish(): T;
}

const FIRST = 1024;

export function growFloats(): GrowingArray<Float32Array> {
  return createGrowing((length) => new Float32Array(length));
}

export function growIntegers(): GrowingArray<Uint32Array> {
  return createGrowing((length) => new Uint32Array(length));
}

function createGrowing<T extends Float32Array | Uint32Array>(create: (length: number) => T): GrowingArray<T> {
  let values = create(FIRST);
  let length = 0;
  function reserve(more: number): void {
    if (length + more <= values.length) return;
    const larger = create(Math.max(values.length * 2, length + more));
    larger.set(values.subarray(0, length));
    values = larger;
  }
  return {
    get length() {
      return length;
    },
    push(value) {
      if (length === values.length) reserve(1);
      values[length++] = value;
    },
    pushAll(more) {
      reserve(more.length);
      values.set(more, length);
      length += more.length;
    },
    finish: () => values.slice(0, length) as T,
  };
}
