import { MaskError } from '../../utils/errors.ts';
import type { MaskLabel } from '../xml-to-mask/mask-job.ts';
import type { LabelMask } from './label-mask.ts';

/** A label that patches may have. */
export interface LabelClass {
  /** 0..255; 0 is what nobody drew. */
  readonly id: number;
  /** Names the column of the table and stands in it; no two classes share one. */
  readonly name: string;
  readonly color?: MaskLabel['color'];
}

/** Of what nobody drew. */
export const BACKGROUND = 'background';

/**
 * The classes of a mask by their labels, the background first: those of `classes`, or those that the file names, or the
 * labels that occur in it, named by their numbers; for the last the whole mask is read once.
 * @throws MaskError where `classes` and the file give one name to two labels
 */
export async function listLabelClasses(
  mask: LabelMask | undefined,
  classes: Readonly<Record<string, number>> | undefined,
): Promise<readonly LabelClass[]> {
  const own = mask?.facts.labels ?? [];
  if (classes) {
    const moved = own.find(({ value, name }) => Object.hasOwn(classes, name) && classes[name] !== value);
    if (moved && mask)
      throw new MaskError(
        mask.name,
        `label ${moved.value} is "${moved.name}", which --classes gives ${classes[moved.name]}`,
        {
          hint: 'give the classes by which the mask was made',
        },
      );
    return nameClasses(groupNames(classes), own);
  }
  if (!mask) return [];
  const labels = own.length > 0 ? own : (await listLabels(mask)).map((value) => ({ value, name: String(value) }));
  return nameClasses(new Map(labels.map(({ value, name }) => [value, [name]])), own);
}

/** Several names may have one label; 0 is the background, whatever is cut out by it. */
function groupNames(classes: Readonly<Record<string, number>>): Map<number, string[]> {
  const names = new Map<number, string[]>();
  for (const [name, label] of Object.entries(classes))
    if (label > 0) names.set(label, [...(names.get(label) ?? []), name]);
  return names;
}

function nameClasses(names: ReadonlyMap<number, readonly string[]>, own: readonly MaskLabel[]): LabelClass[] {
  const colors = new Map(own.map(({ value, color }) => [value, color]));
  const drawn = [...names].sort(([a], [b]) => a - b);
  const taken = new Set<string>();
  const all = drawn.map(([id, texts]) => ({
    id,
    name: texts
      .join(', ')
      // A table has a row a line; U+2028 and U+2029 end some readers' lines too.
      .replace(/[\p{Cc}\p{Zl}\p{Zp}]+/gu, ' ')
      .trim(),
  }));
  const clashes = (name: string) => name === '' || name === BACKGROUND || taken.has(name);
  const named = all.map(({ id, name }): LabelClass => {
    const unique = clashes(name) ? `${name} (${id})`.trim() : name;
    taken.add(unique);
    return { id, name: unique, color: colors.get(id) };
  });
  return [{ id: 0, name: BACKGROUND }, ...named];
}

/** Labels above 0 that occur anywhere in the mask. */
async function listLabels(mask: LabelMask): Promise<number[]> {
  const seen = new Uint8Array(256);
  const columns = Math.ceil(mask.width / mask.tileWidth);
  const rows = Math.ceil(mask.height / mask.tileHeight);
  for (let row = 0; row < rows; row++) {
    const height = Math.min(mask.tileHeight, mask.height - row * mask.tileHeight);
    for (let first = 0; first < columns; first += mask.parallel) {
      const some = Array.from({ length: Math.min(mask.parallel, columns - first) }, (_, at) => first + at);
      const tiles = await Promise.all(some.map((column) => mask.readTile(column, row)));
      for (const [at, { label, pixels, pitch }] of tiles.entries()) {
        if (label !== undefined) seen[label] = 1;
        else
          markLabels(
            pixels,
            { width: Math.min(mask.tileWidth, mask.width - (first + at) * mask.tileWidth), height, pitch },
            seen,
          );
      }
    }
  }
  return [...seen.keys()].filter((label) => label > 0 && seen[label] === 1);
}

/** What lies beyond the mask in its last tiles says nothing. */
function markLabels(
  pixels: Uint8Array,
  { width, height, pitch }: { width: number; height: number; pitch: number },
  seen: Uint8Array,
): void {
  for (let row = 0; row < height; row++)
    for (const label of pixels.subarray(row * pitch, row * pitch + width)) seen[label] = 1;
}
