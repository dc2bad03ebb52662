/** Pixels of four bytes, rows from the top. */
export interface PixelRows {
  readonly width: number;
  readonly data: Uint8Array;
}

/** Along one side: which pixels of a tile are taken, in order, and where the first of them goes. */
export interface SampleRun {
  readonly first: number;
  readonly places: readonly number[];
}

/** Copies the pixels of the tile that lie at `across.places` of the rows `down.places`. */
export function copySamples(tile: PixelRows, across: SampleRun, down: SampleRun, picture: PixelRows): void {
  for (let y = 0; y < down.places.length; y++) {
    const row = down.places[y]! * tile.width;
    let to = ((down.first + y) * picture.width + across.first) * 4;
    for (let x = 0; x < across.places.length; x++) {
      const from = (row + across.places[x]!) * 4;
      for (let i = 0; i < 4; i++) picture.data[to++] = tile.data[from + i]!;
    }
  }
}
