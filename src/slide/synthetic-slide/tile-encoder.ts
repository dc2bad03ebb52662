/** Tiles that are encoded in the background while the next ones are drawn. */
const IN_FLIGHT = 4;

/** Interleaved RGB pixels to be encoded. */
export interface Picture {
  readonly width: number;
  readonly height: number;
  readonly data: Uint8Array | Uint8ClampedArray;
}

/** Baseline JPEG, 4:2:0, with the standard Huffman tables, so that all pictures of one quality share their tables. */
export async function encodeJpeg(picture: Picture, quality: number): Promise<Uint8Array> {
  const { width, height, data } = picture;
  const { sharp } = await import('../../io/codec/sharp.ts');
  return sharp(data, { raw: { width, height, channels: 3 } })
    .jpeg({ quality, chromaSubsampling: '4:2:0', optimiseCoding: false })
    .toBuffer();
}

/**
 * Encodes tiles in the background, at most `IN_FLIGHT` at a time, and hands them over in the order in which they came:
 * that is what makes the file the same on every run.
 */
export interface TileQueue {
  /**
   * Copies the pixels, starts to encode them, and resolves as soon as another tile may come. `store` is called with the
   * JPEG after those of all earlier tiles.
   */
  push(tile: Picture, store: (jpeg: Uint8Array) => Promise<unknown>): Promise<void>;
  /** Resolves when all is stored. */
  drain(): Promise<void>;
}

export function createTileQueue(quality: number): TileQueue {
  const waiting: { jpeg: Promise<Uint8Array>; store: (jpeg: Uint8Array) => Promise<unknown> }[] = [];
  const storeOldest = async () => {
    const oldest = waiting.shift();
    if (oldest) await oldest.store(await oldest.jpeg);
  };
  return {
    async push(tile, store) {
      while (waiting.length >= IN_FLIGHT) await storeOldest();
      const jpeg = encodeJpeg({ ...tile, data: tile.data.slice() }, quality);
      // A fault is raised where the tile is stored; until then it must not count as unhandled.
      jpeg.catch(() => {});
      waiting.push({ jpeg, store });
    },
    async drain() {
      while (waiting.length > 0) await storeOldest();
    },
  };
}
