/** What a frame of raw samples must hold, as its container promises. */
export interface SampleFrame {
  readonly width: number;
  readonly height: number;
  /** Samples of a pixel. */
  readonly samples: number;
  /** Bytes of a sample; two are little endian. */
  readonly bytesPerSample: 1 | 2;
}

export function getFrameBytes({ width, height, samples, bytesPerSample }: SampleFrame): number {
  return width * height * samples * bytesPerSample;
}
