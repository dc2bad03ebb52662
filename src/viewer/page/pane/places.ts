/** Level-0 pixels, or CSS pixels of the pane's element: each use says which. */
export interface Place {
  readonly x: number;
  readonly y: number;
}

export interface Box extends Place {
  readonly width: number;
  readonly height: number;
}

/** What part of the slide is seen. */
export interface Sight extends Place {
  /** CSS pixels to one level-0 pixel. */
  readonly scale: number;
  /** Degrees, clockwise. */
  readonly rotation: number;
  /** CSS pixels of the pane. */
  readonly width: number;
  readonly height: number;
}
