/** Anything of pixels or samples. */
export interface CachedTile {
  readonly data: { readonly byteLength: number };
}

/**
 * Decoded tiles of one slide, least recently used out first, within a budget of bytes. Two readers that want the same
 * tile at once share one decode. A budget of 0 keeps nothing, but still shares.
 */
export class TileCache {
  readonly #budget: number;
  readonly #tiles = new Map<string, CachedTile>();
  readonly #loading = new Map<string, Promise<CachedTile | undefined>>();
  #bytes = 0;
  #closed = false;

  /** @param budget bytes of pixels to keep. */
  constructor(budget: number) {
    this.#budget = budget;
  }

  /** Bytes of pixels held now. */
  get bytes(): number {
    return this.#bytes;
  }

  /**
   * The tile under `key`, loaded at most once at a time. A load that fails, or finds no tile, is not kept. A key says of what
   * kind its tile is: two kinds never share one.
   */
  async get<T extends CachedTile>(key: string, load: () => Promise<T | undefined>): Promise<T | undefined> {
    const kept = this.#tiles.get(key) as T | undefined;
    if (kept) {
      this.#tiles.delete(key);
      this.#tiles.set(key, kept);
      return kept;
    }
    const running = this.#loading.get(key) as Promise<T | undefined> | undefined;
    if (running) return running;
    const loading = this.#load(key, load);
    this.#loading.set(key, loading);
    return loading;
  }

  /** Forgets all tiles for good: loads that are still under way serve those who wait for them and are not kept. */
  close(): void {
    this.#closed = true;
    this.#tiles.clear();
    this.#bytes = 0;
  }

  async #load<T extends CachedTile>(key: string, load: () => Promise<T | undefined>): Promise<T | undefined> {
    try {
      const tile = await load();
      // Kept before the load is struck off: a reader in between would load, and count, it a second time.
      if (tile) this.#keep(key, tile);
      return tile;
    } finally {
      this.#loading.delete(key);
    }
  }

  #keep(key: string, tile: CachedTile): void {
    const size = tile.data.byteLength;
    if (this.#closed || size > this.#budget) return;
    this.#tiles.set(key, tile);
    this.#bytes += size;
    for (const [oldest, old] of this.#tiles) {
      if (this.#bytes <= this.#budget) break;
      this.#tiles.delete(oldest);
      this.#bytes -= old.data.byteLength;
    }
  }
}
