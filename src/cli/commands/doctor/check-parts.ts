import { Worker } from 'node:worker_threads';
import { listCodecs, loadTiffCodec } from '../../../io/codec/codecs.ts';
import { sharp } from '../../../io/codec/sharp.ts';
import { encodeImage } from '../../../io/encode-image.ts';
import type { Raster } from '../../../io/raster.ts';
import { COMPRESSION, PHOTOMETRIC } from '../../../io/tiff/tags.ts';
import { withOpenCv } from '../../../preprocessing/tissue-detection/opencv.ts';
import type { CheckResult } from './check.ts';

/** Grey levels that quality 95 may cost on a smooth picture; 4 was seen. */
const JPEG_TOLERANCE = 8;

export function checkSharp(): CheckResult {
  const { sharp: version, vips } = sharp.versions;
  return { status: 'ok', detail: `${version ?? 'unknown version'}, libvips ${vips}` };
}

export async function checkCodecs(): Promise<CheckResult> {
  return { status: 'ok', detail: (await listCodecs()).join(', ') };
}

/** A smooth picture is encoded and decoded again as a slide's tile would be. */
export async function checkJpeg(): Promise<CheckResult> {
  const picture = createGradient(64);
  const bytes = await encodeImage(picture, { format: 'jpeg', quality: 95 });
  const codec = await loadTiffCodec(COMPRESSION.Jpeg);
  if (!codec) return { status: 'fail', detail: 'the codec is missing', advice: 'install slideloom again (npm ci)' };
  const { width, height, channels: samples } = picture;
  const stored = {
    width,
    height,
    fullHeight: height,
    samples,
    bitsPerSample: 8,
    photometric: PHOTOMETRIC.YCbCr,
    predictor: 1,
  };
  const decoded = await codec.decode(bytes, { ...stored, extraSample: 0, jpegTables: undefined });
  const difference = computeLargestDifference(picture.data, decoded.data);
  const detail = `encoded and decoded, largest difference ${difference} grey levels`;
  if (difference <= JPEG_TOLERANCE) return { status: 'ok', detail };
  return { status: 'fail', detail, advice: 'install sharp again (npm ci): this one decodes wrong colours' };
}

/** Finds the outline of a square through the one door to OpenCV. */
export async function checkOpenCv(): Promise<CheckResult> {
  const mask = { width: 8, height: 8, data: new Uint8Array(64) };
  for (let y = 2; y < 6; y++) mask.data.fill(1, y * 8 + 2, y * 8 + 6);
  const { areas } = await withOpenCv((scope) => scope.findContours(mask, 'ccomp'));
  const detail = `loaded, outline of a square has area ${areas.join(', ')}`;
  if (areas.length === 1 && areas[0] === 9) return { status: 'ok', detail };
  return { status: 'fail', detail, advice: 'install opencv-wasm again (npm ci)' };
}

export async function checkWorkers({ signal }: { signal: AbortSignal }): Promise<CheckResult> {
  const worker = new Worker("require('node:worker_threads').parentPort.postMessage(6 * 7)", { eval: true });
  try {
    const answer = await new Promise<unknown>((done, failed) => {
      worker.once('message', done).once('error', failed);
      signal.addEventListener('abort', () => failed(signal.reason), { once: true });
    });
    return answer === 42 ? { status: 'ok', detail: 'start and answer' } : { status: 'fail', detail: `got ${answer}` };
  } finally {
    await worker.terminate();
  }
}

function createGradient(size: number): Raster {
  const data = new Uint8Array(size * size * 3);
  for (let y = 0; y < size; y++)
    for (let x = 0; x < size; x++) data.set([96 + 2 * x, 200 - 2 * y, 96 + x + y], (y * size + x) * 3);
  return { width: size, height: size, channels: 3, data };
}

function computeLargestDifference(a: Uint8Array, b: Uint8Array): number {
  if (a.length !== b.length) return Number.POSITIVE_INFINITY;
  return a.reduce((largest, value, i) => Math.max(largest, Math.abs(value - (b[i] ?? 0))), 0);
}
