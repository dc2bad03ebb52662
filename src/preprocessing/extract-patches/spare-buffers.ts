/** Buffers that were given back and wait to be filled again. */
export interface SpareBuffers {
  /** Up to `count` of them; they are the caller's then. */
  take(count: number): ArrayBuffer[];
  /** One that was given back already, or moved to another thread, is passed over. */
  give(buffer: ArrayBuffer): void;
}

/** Keeps at most `limit` buffers. */
export function createSpareBuffers(limit: number): SpareBuffers {
  const kept = new Set<ArrayBuffer>();
  return {
    take(count) {
      const taken = [...kept].slice(0, count);
      for (const buffer of taken) kept.delete(buffer);
      return taken;
    },
    give(buffer) {
      if (kept.size < limit && buffer.byteLength > 0) kept.add(buffer);
    },
  };
}

/** What moves with a job: at a second try nothing, as it went with the first. */
export function keepUnmoved({ spare = [] }: { readonly spare?: ArrayBuffer[] }): readonly ArrayBuffer[] {
  const unmoved = spare.filter(({ byteLength }) => byteLength > 0);
  spare.splice(0, spare.length, ...unmoved);
  return unmoved;
}
