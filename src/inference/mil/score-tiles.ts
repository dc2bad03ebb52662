import type { WrittenFile } from '../../utils/atomic-file.ts';
import { createAtomicStream } from '../../utils/atomic-stream.ts';
import { sha256 } from '../../utils/hash.ts';
import { type PatchScores, toShortest } from './score-table.ts';

/**
 * Writes patches as tiles that QuPath opens over the slide: a FeatureCollection with a locked object of type `tile` for each,
 * and its attention and probabilities as measurements. Coordinates are level-0 pixels. It is streamed: memory does not grow with
 * the number of patches.
 * @param scores in pixels, with the size of a patch
 * @param slide names of objects follow from it and their place in the order, so that the same work gives the same bytes
 * @throws OutputError
 */
export async function writeScoreTiles(
  path: string,
  scores: PatchScores & { readonly width: number; readonly height: number },
  slide: string,
): Promise<WrittenFile> {
  await using stream = await createAtomicStream(path);
  await stream.write('{"type":"FeatureCollection","features":[');
  for (let patch = 0; patch < scores.count; patch++)
    await stream.write(`${patch === 0 ? '\n' : ',\n'}${formatTile(scores, patch, slide)}`);
  await stream.write('\n]}\n');
  return await stream.finish();
}

function formatTile(
  { x, y, width, height, attention, probabilities, classes }: PatchScores & { width: number; height: number },
  patch: number,
  slide: string,
): string {
  const [left, top] = [x[patch] ?? 0, y[patch] ?? 0];
  const [right, bottom] = [left + width, top + height];
  const measurements: [string, number][] = attention ? [['attention', toShortest(attention[patch])]] : [];
  if (probabilities)
    for (const [label, name] of classes.entries())
      measurements.push([`probability ${name}`, toShortest(probabilities[patch * classes.length + label])]);
  const ring = `[[${left},${top}],[${right},${top}],[${right},${bottom}],[${left},${bottom}],[${left},${top}]]`;
  const geometry = `{"type":"Polygon","coordinates":[${ring}]}`;
  const properties = JSON.stringify({
    ...{ objectType: 'tile', isLocked: true },
    measurements: Object.fromEntries(measurements),
  });
  return `{"type":"Feature","id":"${createId(`${slide}\n${patch}`)}","geometry":${geometry},"properties":${properties}}`;
}

/** A UUID of version 8 (RFC 9562): its bits are a hash's. */
function createId(text: string): string {
  const hex = sha256(text);
  const variant = ((Number.parseInt(hex[16] ?? '0', 16) & 3) | 8).toString(16);
  return [
    hex.slice(0, 8),
    hex.slice(8, 12),
    `8${hex.slice(13, 16)}`,
    `${variant}${hex.slice(17, 20)}`,
    hex.slice(20, 32),
  ].join('-');
}
