/** What the JPEG encoder exports; assembly/jpeg-encode.ts says what the arguments mean. */
export interface JpegEncodeExports {
  jpegWrite(...args: [...Picture, tables: number, scratch: number, coded: number, out: number, limit: number]): number;
}

type Picture = [from: number, pitch: number, width: number, height: number, mode: number];
