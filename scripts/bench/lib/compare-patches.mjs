import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import sharp from 'sharp';
import { BenchError } from './alternate.mjs';

/** Ours: `<slide>_x<x>_y<y>_<size>px.png`; the peer's: `<x>_<y>.png`. */
const NAME = /(?:^|_x)(\d+)_y?(\d+)(?:_\d+px)?\.png$/;

/**
 * The largest difference between pixels of the same places in two folders of PNG patches, in grey levels.
 * @throws BenchError where the folders don't hold the same places or sizes
 */
export async function compareFolders(first, second) {
  const [one, other] = [indexPatches(first), indexPatches(second)];
  const missing = [...one.keys()].filter((place) => !other.has(place));
  if (one.size === 0 || one.size !== other.size || missing.length > 0)
    throw new BenchError(
      `the sides wrote other patches: ${one.size} and ${other.size}, missing ${missing.slice(0, 3).join(' ')}`,
    );
  let largest = 0;
  for (const [place, path] of one) largest = Math.max(largest, await comparePictures(path, other.get(place)));
  return { patches: one.size, largest };
}

function indexPatches(folder) {
  const names = readdirSync(folder, { recursive: true }).map((name) => [NAME.exec(name), name]);
  return new Map(names.flatMap(([match, name]) => (match ? [[`${match[1]},${match[2]}`, join(folder, name)]] : [])));
}

async function comparePictures(...paths) {
  const [a, b] = await Promise.all(
    paths.map((path) => sharp(path).removeAlpha().raw().toBuffer({ resolveWithObject: true })),
  );
  if (a.info.width !== b.info.width || a.info.height !== b.info.height || a.info.channels !== b.info.channels)
    throw new BenchError(`${paths.join(' and ')} differ in size`);
  let largest = 0;
  for (let at = 0; at < a.data.length; at += 1) largest = Math.max(largest, Math.abs(a.data[at] - b.data[at]));
  return largest;
}
