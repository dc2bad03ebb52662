import { readdir, stat } from 'node:fs/promises';
import { basename, join } from 'node:path';
import type { LabelOptions } from '../preprocessing/patch-labels/options.ts';
import { findZarrFile } from '../slide/formats/ome-zarr/find-zarr.ts';
import { OptionError } from '../utils/errors.ts';
import { getSlideStem } from './slide-stem.ts';

/** Where a slide's name goes in a path. */
export const STEM = '{stem}';
/** What a folder is searched for, in this order. */
const EXTENSIONS = {
  mask: ['tif', 'tiff', 'ome.tif', 'ome.tiff', 'png', 'zarr'],
  annotations: ['xml', 'geojson', 'json', 'ndpa', 'annotations'],
} as const;

type Kind = keyof typeof EXTENSIONS;

/**
 * The labels of one slide of a run: a folder gives the file of its name, and `{stem}` in a path is its name. What is not there
 * is named all the same, for `onMissing` to decide.
 * @throws OptionError where a folder has several files of that name
 */
export async function locateLabels(labels: LabelOptions, slidePath: string): Promise<LabelOptions> {
  const kind: Kind = labels.mask === undefined ? 'annotations' : 'mask';
  const given = labels[kind];
  if (given === undefined) return labels;
  if (given.includes(STEM)) return { ...labels, [kind]: await fillIn(given, slidePath) };
  if (!(await isFolder(given))) return labels;
  return { ...labels, [kind]: await findInFolder(given, slidePath, kind) };
}

/**
 * The slide's name as it is, or as `masks` and `run` name its files: without blanks and the like.
 * @param id its name in a run, where that is the only one that counts if it is another
 */
export async function fillIn(pattern: string, slidePath: string, id?: string): Promise<string> {
  const stem = getSlideStem(slidePath);
  const names = id === undefined || id === stem ? [basename(slidePath).replace(/(\.ome)?\.[^.]+$/i, ''), stem] : [id];
  // A function: a name may have a `$`.
  const paths = names.map((name) => pattern.replaceAll(STEM, () => name));
  for (const path of paths) if (await stat(path).catch(() => undefined)) return path;
  return paths[0] ?? pattern;
}

/** One file can't be the mask of several slides. @throws OptionError */
export async function checkLabelInputs({ mask, annotations }: LabelOptions, slides: number): Promise<void> {
  const given = mask ?? annotations;
  if (slides <= 1 || given === undefined || given.includes(STEM) || (await isFolder(given))) return;
  const option = mask === undefined ? 'annotations' : 'mask';
  throw new OptionError(option, `a folder or a path with ${STEM} for ${slides} slides`, given, {
    hint: `such as --${option} labels/ or --${option} 'labels/${STEM}.${EXTENSIONS[option][0]}'`,
  });
}

/** A folder of files; a Zarr is a mask itself. */
export async function isFolder(path: string): Promise<boolean> {
  const folder = await stat(path).then(
    (stats) => stats.isDirectory(),
    () => false,
  );
  return folder && (await findZarrFile(path)) === undefined;
}

export async function findInFolder(folder: string, slidePath: string, kind: Kind): Promise<string> {
  const stem = getSlideStem(slidePath);
  const names = await readdir(folder);
  const files = names
    .filter((name) => EXTENSIONS[kind].some((end) => name.toLowerCase().endsWith(`.${end}`)))
    // Beside a mask lies the record of how it was made.
    .filter((name) => !name.endsWith('.record.json'))
    .sort();
  const own = files.filter((name) => getSlideStem(name) === stem);
  // `slide.ndpi.ndpa` is of `slide.ndpi`; but `slide.2.xml` of another slide.
  const found = own.length > 0 ? own : files.filter((name) => name.startsWith(`${basename(slidePath)}.`));
  if (found.length > 1)
    throw new OptionError(kind, `one file for the slide ${stem} in ${folder}`, found.join(', '), {
      hint: `name it: --${kind} '${join(folder, `${STEM}.${EXTENSIONS[kind][0]}`)}'`,
    });
  return join(folder, found[0] ?? `${stem}.${EXTENSIONS[kind][0]}`);
}
