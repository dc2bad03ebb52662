import { CodecError } from '../../../utils/errors.ts';
import type { JpegTables } from './tables.ts';

/** Frame markers of sequential Huffman coding. */
const BASELINE = 0xc0;
const EXTENDED = 0xc1;

/** Frames that are not sequential Huffman ones, in words. */
const otherFrames: Readonly<Record<number, string>> = {
  194: 'progressive',
  195: 'lossless',
  197: 'hierarchical',
  198: 'hierarchical progressive',
  199: 'hierarchical lossless',
  201: 'arithmetic coding',
  202: 'progressive, arithmetic coding',
  203: 'lossless, arithmetic coding',
  205: 'hierarchical, arithmetic coding',
  206: 'hierarchical progressive, arithmetic coding',
  207: 'hierarchical lossless, arithmetic coding',
};

/** What a frame header says, as far as it decides. */
export interface FrameShape {
  readonly frameMarker: number;
  readonly precision: number;
  readonly components: number;
  readonly across: number;
  readonly down: number;
  readonly colour: 'grey' | 'ycbcr' | 'rgb';
}

/** Why the kernels don't decode such a frame; undefined where they do. `frame` is the SOFn segment. */
export function explainUnsupportedFrame(frame: Uint8Array, shape: FrameShape): string | undefined {
  const { frameMarker, precision, components, across, down, colour } = shape;
  if (frameMarker !== BASELINE && frameMarker !== EXTENDED) {
    return otherFrames[frameMarker] ?? `frame type ff${frameMarker.toString(16)}`;
  }
  if (precision !== 8) return `${precision} bits a sample`;
  if (components === 1) return undefined;
  if (components !== 3) return `${components} components`;
  const subsampled = across !== 1 || down !== 1;
  if (across < 1 || across > 2 || down < 1 || down > across || frame[10] !== 0x11 || frame[13] !== 0x11) {
    const factors = [7, 10, 13].map((i) => `${frame[i]! >> 4}x${frame[i]! & 15}`);
    return `sampling ${factors.join(', ')}`;
  }
  return subsampled && colour === 'rgb' ? 'subsampled RGB' : undefined;
}

/** The same for the scan, whose header is: count, then id and table numbers of each component, then spectral selection and approximation. */
export function explainUnsupportedScan(frame: Uint8Array, scan: Uint8Array, tables: JpegTables): string | undefined {
  const components = frame[5]!;
  if (scan.length < 4 + 2 * scan[0]!) throw new CodecError('jpeg', 'a scan header that is too short');
  if (scan[0] !== components) return 'several scans';
  for (let i = 0; i < components; i++) {
    if (scan[1 + 2 * i] !== frame[6 + 3 * i]) return 'components in another order than in the frame';
    const numbers = scan[2 + 2 * i]!;
    // libjpeg has the standard's tables for streams without.
    if (!tables.dc[numbers >> 4] || !tables.ac[numbers & 15]) return 'a Huffman table is missing';
  }
  const tail = 1 + 2 * components;
  if (scan[tail] !== 0 || scan[tail + 1] !== 63 || scan[tail + 2] !== 0) return 'a scan that is not sequential';
  return undefined;
}
