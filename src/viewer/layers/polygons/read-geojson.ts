import { readFile, stat } from 'node:fs/promises';
import { openSource } from '../../../io/source/open-source.ts';
import { detectAnnotationFormat } from '../../../preprocessing/xml-to-mask/detect-format.ts';
import { createNoticeList } from '../../../preprocessing/xml-to-mask/notices.ts';
import { readAnnotations } from '../../../preprocessing/xml-to-mask/read-annotations.ts';
import { writeGeoJson } from '../../../preprocessing/xml-to-mask/writers/geojson.ts';
import { RequestError } from '../../problem.ts';
import type { ReadPolygonsOptions } from './read-polygons.ts';

/** Of a file as it is handed on, and vertices of one that is written anew, some 50 bytes of text each. */
const MAX_BYTES = 256 * 2 ** 20;
const MAX_VERTICES = 4_000_000;

/**
 * Annotations as GeoJSON in level-0 pixels: a file that is such as it is, all else written anew.
 * @throws RequestError 413 for what is too large; AnnotationError, SourceError
 */
export async function readGeoJson(path: string, { slide, coordsFrame }: ReadPolygonsOptions): Promise<Uint8Array> {
  if (coordsFrame !== 'bounds' && (await isGeoJson(path))) {
    const { size } = await stat(path);
    if (size <= MAX_BYTES) return readFile(path);
    throw new RequestError(413, `these annotations have ${size} bytes: more than ${MAX_BYTES} are not handed out`);
  }
  const options = { slide, coordsFrame, onBadRegion: 'skip', maxVertices: MAX_VERTICES } as const;
  const set = await readAnnotations(path, options);
  const pieces: Uint8Array[] = [];
  let text = '';
  for (const piece of writeGeoJson(set, { notices: createNoticeList(), mpp: slide.mpp })) {
    text += piece;
    if (text.length < 65_536) continue;
    pieces.push(Buffer.from(text));
    text = '';
  }
  return Buffer.concat([...pieces, Buffer.from(text)]);
}

async function isGeoJson(path: string): Promise<boolean> {
  await using source = await openSource(path);
  return (await detectAnnotationFormat(source)) === 'geojson';
}
