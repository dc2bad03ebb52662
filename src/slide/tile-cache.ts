import type { Raster } from '../io/raster.ts';

/**
 * Decoded tiles of one slide, least recently used out first, within a budget of bytes. Two readers that want the same
 * tile at once share one decode. A budget of 0 keeps nothing, but still shares.
 */
export class TileCache {
  readonly #budget: number;
  readonly #tiles = new Map<string, Raster | undefined>();
  readonly #pending = new Map<string, Promise<Raster | undefined>>();
  #bytes = 0;

  /** @param budget bytes of pixels to keep. */
  constructor(budget: number) {
    this.#budget = budget;
  }

  /** Bytes of pixels held now. */
  get bytes(): number {
    return this.#bytes;
  }

  /** The tile under `key`, loaded at most once at a time. A load that fails is not kept. */
  async get(key: string, load: () => Promise<Raster | undefined>): Promise<Raster | undefined> {
    if (this.#tiles.has(key)) {
      const tile = this.#tiles.get(key);
      this.#tiles.delete(key);
      this.#tiles.set(key, tile);
      return tile;
    }
    const running = this.#pending.get(key);
    if (running) return running;
    const loading = load().finally(() => this.#pending.delete(key));
    this.#pending.set(key, loading);
    const tile = await loading;
    this.#keep(key, tile);
    return tile;
  }

  clear(): void {
    this.#tiles.clear();
    this.#bytes = 0;
  }

  #keep(key: string, tile: Raster | undefined): void {
    const size = tile?.data.length ?? 0;
    if (size > this.#budget) return;
    this.#tiles.set(key, tile);
    this.#bytes += size;
    for (const [oldest, old] of this.#tiles) {
      if (this.#bytes <= this.#budget) break;
      this.#tiles.delete(oldest);
      this.#bytes -= old?.data.length ?? 0;
    }
  }
}
