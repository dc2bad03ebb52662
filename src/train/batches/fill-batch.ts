import { orientPixels } from '../../io/kernels/orient-pixels.ts';
import { createModelTables, fillPlanes } from '../../io/kernels/rgb-planes.ts';
import type { Raster } from '../../io/raster.ts';
import { isSlideloomError } from '../../utils/errors.ts';
import type { BatchJob, BatchJobResult, PictureSettings } from './batch-job.ts';
import { centreBox } from './choose-box.ts';
import { jitterColors } from './color-jitter.ts';
import { type Augmentation, drawAugmentation } from './draw-augmentation.ts';
import { mixRows } from './kernels/mix-rows.ts';
import { type PixelBox, resampleTriangle } from './kernels/resample-triangle.ts';
import { readImage } from './read-image.ts';
import { jitterStains } from './stain-jitter.ts';

/**
 * Reads the pictures of a batch, changes them as their seeds say, and writes them as planes into the job's buffer. What comes
 * out depends on the job alone. Memory: one picture beside the buffer.
 * @throws DatasetError for the first bad picture, unless they are skipped
 */
export async function fillBatch(job: BatchJob): Promise<BatchJobResult> {
  const { paths, settings, buffer } = job;
  const length = 3 * settings.width * settings.height;
  if (!buffer || buffer.byteLength < paths.length * length * 4)
    throw new RangeError(`expected a buffer of ${paths.length} pictures but received ${buffer?.byteLength} bytes`);
  const tables = createModelTables({ mean: settings.mean, std: settings.std });
  const planes = new Float32Array(buffer);
  const kept: number[] = [];
  const bad: { index: number; message: string }[] = [];
  for (const [index, path] of paths.entries()) {
    const raster = await readImage(path, job.ranges?.[index]).catch((error: unknown) => {
      if (!job.skipBad || !isSlideloomError(error, 'dataset')) throw error;
      bad.push({ index, message: error.message });
    });
    if (!raster) continue;
    const { width, height, data } = changePicture(raster, job, index);
    const own = planes.subarray(kept.length * length, (kept.length + 1) * length);
    fillPlanes({ pixels: data, pitch: width * 3, width, height, channels: 3 }, tables, own);
    kept.push(index);
  }
  if (job.mixShare < 1 && kept.length > 0) mixRows(planes.subarray(0, kept.length * length), kept.length, job.mixShare);
  return { buffer, kept, bad };
}

/** The picture at the size of the model's input. */
function changePicture(raster: Raster, { settings, augment, seeds }: BatchJob, index: number): Raster {
  const seed = seeds?.[index];
  if (!augment || seed === undefined) return takeBox(raster, centreBox(raster, settings), settings);
  const change = drawAugmentation(raster, settings, { options: augment, seed });
  const upright = change.orientation < 5 ? settings : { width: settings.height, height: settings.width };
  const picture = orientPixels(takeBox(raster, change.box, upright), change.orientation);
  changeColors(picture.data, change);
  return picture;
}

function changeColors(rgb: Uint8Array, { stains, colors }: Augmentation): void {
  if (stains) jitterStains(rgb, stains);
  if (colors) jitterColors(rgb, colors);
}

/** Pixels that need no resampling are taken as they are. */
function takeBox(raster: Raster, box: PixelBox, { width, height }: Pick<PictureSettings, 'width' | 'height'>): Raster {
  const same = raster.width === width && raster.height === height && box.width === width && box.height === height;
  return same ? raster : resampleTriangle(raster, box, { width, height });
}
