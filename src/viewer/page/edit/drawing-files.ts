import { getSlideAddress } from '../data/addresses.ts';
import { FetchError, fetchAnswer } from '../data/fetch-json.ts';
import type { Drawing } from './drawing.ts';
import { formatDrawing, parseDrawing, type ReadDrawing } from './drawing-geojson.ts';

/** A drawing as the server has it. */
export interface StoredDrawing extends ReadDrawing {
  readonly etag: string;
}

/** What was saved under a name; undefined where nothing was. @throws FetchError */
export async function loadDrawing(slide: string, name: string): Promise<StoredDrawing | undefined> {
  try {
    const answer = await fetchAnswer(getAddress(slide, name));
    return { ...parseDrawing(await answer.text()), etag: answer.headers.get('etag') ?? '' };
  } catch (error) {
    if (error instanceof FetchError && error.status === 404) return undefined;
    throw error;
  }
}

/** The polygons of a layer, as the run or another program left them. @throws FetchError */
export async function loadLayerDrawing(slide: string, layer: string): Promise<ReadDrawing> {
  const address = getSlideAddress(slide, `polygons/${encodeURIComponent(layer)}.geojson`);
  const answer = await fetchAnswer(address, { cache: 'no-cache' });
  return parseDrawing(await answer.text());
}

/**
 * @param etag of what it takes the place of; null where there should be nothing yet
 * @returns the ETag of what stands there now
 * @throws FetchError 412 where somebody else has saved meanwhile
 */
export async function saveDrawing(
  { slide, name, etag }: { readonly slide: string; readonly name: string; readonly etag: string | null },
  drawing: Drawing,
): Promise<string> {
  const answer = await fetchAnswer(getAddress(slide, name), {
    method: 'PUT',
    headers: {
      'Content-Type': 'application/geo+json',
      ...(etag === null ? { 'If-None-Match': '*' } : { 'If-Match': etag }),
    },
    body: formatDrawing(drawing),
  });
  return answer.headers.get('etag') ?? '';
}

function getAddress(slide: string, name: string): string {
  return getSlideAddress(slide, `annotations/${name}.geojson`);
}
