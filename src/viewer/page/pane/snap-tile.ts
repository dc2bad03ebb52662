export interface Rectangle {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

/**
 * Moves the edges of a tile to whole pixels of the screen, by at most half of one: neighbours meet without a seam, and where a stored
 * pixel is as large as one of the screen, it is shown as it is.
 * @param box CSS pixels @param ratio screen pixels to a CSS pixel
 */
export function snapTile({ x, y, width, height }: Rectangle, ratio: number): Rectangle {
  const [left, right] = snapEdges(x, width, ratio);
  const [top, bottom] = snapEdges(y, height, ratio);
  return { x: left / ratio, y: top / ratio, width: (right - left) / ratio, height: (bottom - top) / ratio };
}

/** Screen pixels. Springs end a millionth beside where they lead, which must not move an edge by a pixel. */
function snapEdges(start: number, length: number, ratio: number): readonly [number, number] {
  const round = (value: number) => Math.round(Math.round(value * ratio * 1000) / 1000);
  return [round(start), round(start + length)];
}
