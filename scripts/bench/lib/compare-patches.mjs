import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import sharp from 'sharp';
import { BenchError } from './alternate.mjs';

/** Ours: `<slide>_x<x>_y<y>_<size>px.png`; the peer's: `<x>_<y>.png`, or of dzsave `<column>_<row>.png`. */
const NAME = /(?:^|[/_]x?)(\d+)_y?(\d+)(?:_\d+px)?\.(?:png|jpg)$/;

/** Where the patches of a folder lie: `{'x,y': path}`, with names times `unit` (of dzsave: pixels of a tile). */
export function indexPatches(folder, unit = 1) {
  const names = readdirSync(folder, { recursive: true }).map((name) => [NAME.exec(name), name]);
  const list = names.flatMap(([match, name]) =>
    match ? [[`${match[1] * unit},${match[2] * unit}`, join(folder, name)]] : [],
  );
  return new Map(list);
}

/**
 * Compares patches of the same places, about `count` of them from all over the list.
 * @param first and other of `indexPatches`
 * @returns how many, the largest difference of any sample in grey levels, the mean difference, and how many files are equal
 * @throws BenchError where the two don't hold the same places or sizes
 */
export async function comparePatches(first, other, count = 16) {
  const missing = [...first.keys()].filter((place) => !other.has(place));
  if (first.size === 0 || first.size !== other.size || missing.length > 0)
    throw new BenchError(
      `the sides wrote other patches: ${first.size} and ${other.size}, missing ${missing.slice(0, 3).join(' ')}`,
    );
  const step = Math.max(1, Math.floor(first.size / count));
  const places = [...first.keys()].sort().filter((_, index) => index % step === 0);
  const found = [];
  for (const place of places) found.push(await comparePictures(first.get(place), other.get(place)));
  return {
    patches: places.length,
    largest: Math.max(...found.map((one) => one.largest)),
    mean: found.reduce((sum, one) => sum + one.mean, 0) / found.length,
    equalFiles: found.filter((one) => one.equalFiles).length,
  };
}

async function comparePictures(...paths) {
  const files = paths.map((path) => readFileSync(path));
  const [a, b] = await Promise.all(
    files.map((file) => sharp(file).removeAlpha().raw().toBuffer({ resolveWithObject: true })),
  );
  if (a.info.width !== b.info.width || a.info.height !== b.info.height || a.info.channels !== b.info.channels)
    throw new BenchError(`${paths.join(' and ')} differ in size`);
  let [largest, sum] = [0, 0];
  for (let at = 0; at < a.data.length; at += 1) {
    const difference = Math.abs(a.data[at] - b.data[at]);
    largest = Math.max(largest, difference);
    sum += difference;
  }
  return { largest, mean: sum / a.data.length, equalFiles: files[0].equals(files[1]) };
}
