/** The stored frames of one file. */
export interface FrameSource {
  readonly count: number;
  /** The bytes of a frame as stored; empty where the file holds none for it. @throws DicomError, ShortReadError */
  read(frame: number): Promise<Uint8Array>;
  /**
   * Where the frames lie, each in one piece, for other threads to read.
   * @returns undefined where some frame is in several pieces, or empty
   */
  locate(): Promise<FramePlaces | undefined>;
}

export interface FramePlaces {
  /** Byte of the file, and bytes; by frame. */
  readonly offsets: Float64Array;
  readonly counts: Float64Array;
}

export interface FrameLimits {
  readonly frames: number;
  /** A frame that is stored in more bytes is refused. */
  readonly maxFrameBytes: number;
}
