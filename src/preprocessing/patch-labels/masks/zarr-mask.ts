import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { openSlide } from '../../../slide/open-slide.ts';
import { MaskError, SourceError } from '../../../utils/errors.ts';
import { narrowLabels } from '../kernels/narrow-labels.ts';
import { createLabelTile, createRangeError, type LabelMask } from '../label-mask.ts';
import { readZarrFacts } from './read-mask-facts.ts';

/** Bytes of decoded chunks to keep: each is asked for once, mostly. */
const CACHE = 2 ** 23;

/**
 * The finest level of an OME-Zarr image of one channel: `masks --format zarr`, or labels of other programs by the path of
 * their group.
 * @throws UnsupportedFormatError, SourceError, MaskError
 */
export async function openZarrMask(folder: string): Promise<LabelMask> {
  const slide = await openSlide(folder, { cacheBytes: CACHE, backend: 'native' });
  try {
    const [channel, ...more] = slide.channels;
    const [level] = slide.levels;
    const whole = channel?.type !== undefined && !channel.type.startsWith('float');
    if (!channel || !level || more.length > 0 || channel.samples || !whole)
      throw new MaskError(
        folder,
        `${more.length + 1} channels of ${channel?.type ?? 'pictures'} are no mask of labels`,
        {
          hint: 'labels are whole numbers of one channel; of an image with labels name their group, such as slide.zarr/labels/tumor',
        },
      );
    const { width, height } = slide;
    const { tileWidth, tileHeight } = level;
    const facts = readZarrFacts(await readAttributes(folder), folder);
    return {
      ...{ name: folder, width, height, tileWidth, tileHeight, parallel: 4 },
      facts: { ...facts, mpp: facts.mpp ?? (slide.mpp && { x: slide.mpp.x, y: slide.mpp.y }) },
      async readTile(column, row) {
        const [x, y] = [column * tileWidth, row * tileHeight];
        const size = { width: Math.min(tileWidth, width - x), height: Math.min(tileHeight, height - y) };
        const { data } = await slide.readRegion({ x, y, level: 0, ...size, channel: 0 });
        const labels = data instanceof Uint8Array ? data : new Uint8Array(data.length);
        const beyond = data === labels ? undefined : narrowLabels(data, labels);
        if (beyond !== undefined) throw createRangeError(folder, beyond);
        return createLabelTile(labels, size.width);
      },
      async [Symbol.asyncDispose]() {
        slide.close();
      },
    };
  } catch (error) {
    slide.close();
    throw error;
  }
}

/** Of Zarr 2 or 3. */
async function readAttributes(folder: string): Promise<Record<string, unknown>> {
  for (const file of ['.zattrs', 'zarr.json']) {
    const text = await readFile(join(folder, file), 'utf8').catch(() => undefined);
    if (text === undefined) continue;
    try {
      const json = JSON.parse(text) as Record<string, unknown>;
      const inner = Object(json['attributes']) as Record<string, unknown>;
      return file === '.zattrs' ? json : (Object(inner['ome'] ?? inner) as Record<string, unknown>);
    } catch (cause) {
      throw new SourceError(join(folder, file), 'is not JSON', { cause });
    }
  }
  return {};
}
