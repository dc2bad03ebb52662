/** Buffers of one size that are used again and again. */
export interface BufferPool {
  /** Buffers made so far: as many as were ever out at once, and one for each that was lost. */
  readonly created: number;
  take(): ArrayBuffer;
  /** A buffer of another size, such as one that moved away, is dropped. */
  give(buffer: ArrayBuffer): void;
}

export function createBufferPool(bytes: number): BufferPool {
  const free: ArrayBuffer[] = [];
  let created = 0;
  return {
    get created() {
      return created;
    },
    take() {
      const kept = free.pop();
      if (kept) return kept;
      created++;
      return new ArrayBuffer(bytes);
    },
    give(buffer) {
      if (buffer.byteLength === bytes) free.push(buffer);
    },
  };
}
