/** Samples of a piece of a picture, `samples` for each pixel. */
export interface SamplePiece {
  readonly data: ArrayLike<number>;
  /** Pixels from a row to the next. */
  readonly pitch: number;
  readonly samples: number;
  /** Its corner in the picture, and the pixels of it that count. */
  readonly left: number;
  readonly top: number;
  readonly width: number;
  readonly height: number;
}

/** A window of the picture, of which every `step`-th pixel is taken both ways. */
export interface SampleWindow {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
  readonly step: number;
}

/**
 * Copies into `rgba` (window.width x window.height pixels of four bytes) what the piece has of the window: four samples as they are, or
 * one as an entry of `colors` (256 entries of four bytes).
 */
export function takeSamples(piece: SamplePiece, window: SampleWindow, rgba: Uint8Array, colors: Uint8Array): void {
  const { step } = window;
  const firstX = Math.max(0, Math.ceil((piece.left - window.x) / step));
  const firstY = Math.max(0, Math.ceil((piece.top - window.y) / step));
  const endX = Math.min(window.width, Math.ceil((piece.left + piece.width - window.x) / step));
  const endY = Math.min(window.height, Math.ceil((piece.top + piece.height - window.y) / step));
  for (let y = firstY; y < endY; y++) {
    const row = (window.y + y * step - piece.top) * piece.pitch;
    for (let x = firstX; x < endX; x++) {
      const from = (row + window.x + x * step - piece.left) * piece.samples;
      const to = (y * window.width + x) * 4;
      const source = piece.samples === 1 ? colors : piece.data;
      const at = piece.samples === 1 ? piece.data[from]! * 4 : from;
      for (let i = 0; i < 4; i++) rgba[to + i] = source[at + i]!;
    }
  }
}
