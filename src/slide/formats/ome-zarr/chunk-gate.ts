/** Bytes of chunks that are decoded at once; a larger one is decoded alone. */
const BYTES_IN_FLIGHT = 96 * 2 ** 20;

/** Lets decodes begin in order, as long as they fit together into a budget. */
export interface ChunkGate {
  run<T>(bytes: number, decode: () => Promise<T>): Promise<T>;
}

export function createChunkGate(budget = BYTES_IN_FLIGHT): ChunkGate {
  const waiting: { bytes: number; start: () => void }[] = [];
  let used = 0;
  let running = 0;
  const startWaiting = () => {
    for (let next = waiting[0]; next && (running === 0 || used + next.bytes <= budget); next = waiting[0]) {
      waiting.shift();
      used += next.bytes;
      running++;
      next.start();
    }
  };
  return {
    async run(bytes, decode) {
      await new Promise<void>((start) => {
        waiting.push({ bytes, start });
        startWaiting();
      });
      try {
        return await decode();
      } finally {
        used -= bytes;
        running--;
        startWaiting();
      }
    },
  };
}
