import { createFilePool } from '../../../io/dicom/file-pool.ts';
import { TAG } from '../../../io/dicom/tags.ts';
import type { ByteSource } from '../../../io/source/byte-source.ts';
import { isSlideloomError, OptionError, UnsupportedFormatError } from '../../../utils/errors.ts';
import { resolveMpp } from '../../mpp.ts';
import { withNotices } from '../../notices.ts';
import { RGB_CHANNEL } from '../../samples/channel-list.ts';
import type { SlideSettings } from '../../settings.ts';
import type { SlideChannel } from '../../slide.ts';
import { describeFiles } from '../../slide-files.ts';
import type { SlideBacking } from '../../slide-format.ts';
import { openAssociatedImages } from './associated-images.ts';
import { createDicomLevel, type DicomLevel, type ImageParts } from './dicom-level.ts';
import { groupImages } from './group-images.ts';
import { openSeries, type Series } from './open-series.ts';
import { readPixelSize } from './pixel-size.ts';
import { readDicomProperties } from './properties.ts';
import type { WsiImage } from './wsi-image.ts';

/**
 * The slide that a file is part of, with the files of its series beside it.
 * @throws UnsupportedFormatError, DicomError, ShortReadError, OptionError for a plane that the slide does not have
 */
export async function openDicom(source: ByteSource, settings: SlideSettings): Promise<SlideBacking> {
  if (settings.t !== 0) throw new OptionError('t', '0 for a slide of the format dicom', settings.t);
  const pool = createFilePool();
  try {
    const backing = await openBacking(source, await openSeries(source, pool), settings);
    return { ...backing, close: () => pool.close() };
  } catch (error) {
    await pool.close();
    throw error;
  }
}

async function openBacking(source: ByteSource, series: Series, settings: SlideSettings): Promise<SlideBacking> {
  const { volumes, associated, notices: choice } = groupImages(series.files);
  const notices = [...series.notices, ...choice];
  const [full, ...coarser] = volumes;
  if (!full) {
    const there = [...new Set(series.files.map(({ flavor }) => flavor || 'of no type'))].join(', ');
    throw new UnsupportedFormatError(source.name, `a series without a VOLUME image: ${there}`, {
      hint: 'put the files of the slide into one folder',
    });
  }
  const [{ values, head, samples }] = full;
  const first = await createDicomLevel(full, full[0], settings);
  if (first.paths > 1) notices.push(`only the first of ${first.paths} optical paths is read`);
  const levels = [first, ...(await openCoarser(coarser, { full: full[0], settings, notices }))];
  const path = values.readItems(TAG.OpticalPathSequence)[0];
  const [objectivePower] = path?.readDecimals(TAG.ObjectiveLensPower) ?? [];
  const objective = objectivePower !== undefined && objectivePower > 0 ? objectivePower : undefined;
  const properties = readDicomProperties(values, head.syntax.uid);
  const associatedImages = await openAssociatedImages(associated, settings, notices);
  return {
    levels,
    mpp: resolveMpp({ override: settings.mpp, metadata: readPixelSize(full[0]) }),
    objectivePower: objective,
    channels: [describeChannel(samples, path?.readText(TAG.OpticalPathDescription))],
    ...(first.planes > 1 && { plane: { z: settings.z, t: 0 } }),
    properties: withNotices(properties, notices),
    associatedImages,
    iccProfile: path?.readBytes(TAG.ICCProfile),
    ...(series.files.length > 1 && describeFiles(series.files.map((file) => file.source))),
  };
}

/** A coarse level in an encoding that is not read is left out with a notice: finer ones stand in for it. Damage is an error. */
async function openCoarser(
  images: readonly ImageParts[],
  { full, settings, notices }: { full: WsiImage; settings: SlideSettings; notices: string[] },
): Promise<DicomLevel[]> {
  const levels: DicomLevel[] = [];
  for (const parts of images) {
    try {
      levels.push(await createDicomLevel(parts, full, settings));
    } catch (error) {
      if (!isSlideloomError(error, 'unsupported-format')) throw error;
      notices.push(`the level of ${parts[0].width} x ${parts[0].height} pixels is left out: ${error.message}`);
    }
  }
  return levels;
}

function describeChannel(
  { count, bitsAllocated, bitsStored, photometric }: WsiImage['samples'],
  description: string | undefined,
): SlideChannel {
  if (count === 3) return { ...RGB_CHANNEL, bitDepth: bitsStored };
  const type = bitsAllocated === 16 ? 'uint16' : 'uint8';
  // Samples that leave bits free are shown in the range of those they use.
  const range = bitsStored < bitsAllocated ? ([0, 2 ** bitsStored - 1] as const) : undefined;
  const inverted = photometric === 'MONOCHROME1' && ({ inverted: true } as const);
  return { name: description ?? 'grey', bitDepth: bitsStored, type, ...(range && { range }), ...inverted };
}
