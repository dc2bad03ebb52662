import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Polygon, Ring } from '../geometry/polygon.ts';
import { decodeImage } from '../io/encode-image.ts';
import type { TissueResult } from '../preprocessing/tissue-detection/tissue-mask.ts';
import { SourceError } from '../utils/errors.ts';
import type { RunRecord } from '../utils/run-record.ts';

/** Names of the tissue stage's files, below its folder. */
export const TISSUE_OUTPUTS = { mask: 'tissue.png', polygons: 'tissue.geojson', overlay: 'overlay.jpg' } as const;

/** The tissue that a finished stage wrote. @throws SourceError where the files are not what the stage writes. */
export async function readTissueOutputs(folder: string, record: RunRecord): Promise<TissueResult> {
  try {
    const { countsSchema, geojsonSchema } = await import('./tissue-schemas.ts');
    const { downsampleX, downsampleY, fraction, areaMm2 } = countsSchema.parse(record.counts);
    const { width, height, channels, data } = await decodeImage(join(folder, TISSUE_OUTPUTS.mask));
    const mask = new Uint8Array(width * height);
    for (let i = 0; i < mask.length; i++) mask[i] = (data[i * channels] ?? 0) > 0 ? 1 : 0;
    const text = await readFile(join(folder, TISSUE_OUTPUTS.polygons), 'utf8');
    const { features } = geojsonSchema.parse(JSON.parse(text));
    return {
      status: record.outcome === 'no-tissue' ? 'no-tissue' : 'ok',
      mask: { width, height, data: mask, downsample: { x: downsampleX, y: downsampleY } },
      polygons: features.map(({ geometry }) => toPolygon(geometry.coordinates)),
      fraction,
      areaMm2,
    };
  } catch (cause) {
    throw new SourceError(folder, 'the tissue outputs can not be read', {
      cause,
      hint: 'remove the folder and run again',
    });
  }
}

function toPolygon([exterior = [], ...holes]: [number, number][][]): Polygon {
  return { exterior: toRing(exterior), holes: holes.map(toRing) };
}

/** GeoJSON repeats the first vertex at the end; a `Ring` does not. */
function toRing(positions: [number, number][]): Ring {
  return Float64Array.from(positions.slice(0, -1).flat());
}
