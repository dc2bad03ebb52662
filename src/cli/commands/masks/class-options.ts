import { readFile } from 'node:fs/promises';
import type { ClassOptions } from '../../../preprocessing/xml-to-mask.ts';
import { OptionError, SourceError } from '../../../utils/errors.ts';
import type { ParsedOptions } from '../../option-table.ts';
import { checkWithFlags, dropUndefined } from '../../options/convert.ts';
import type { ANNOTATION_OPTIONS } from '../../options/masks.ts';

/** @throws UsageError; SourceError where the file of classes can't be read */
export async function readClassOptions(args: ParsedOptions<typeof ANNOTATION_OPTIONS>): Promise<ClassOptions> {
  const { classBy, order, conflict, overlapHoles, coordsFrame, onBadRegion, maxVertices } = args;
  const classes = args.classes === undefined ? undefined : await readClasses(args.classes);
  const unmapped = args.unmapped === undefined ? undefined : toUnmapped(args.unmapped);
  const given = { classes, classBy, unmapped, order, conflict, overlapHoles, coordsFrame, onBadRegion, maxVertices };
  return dropUndefined(given) ?? {};
}

export async function readClasses(file: string): Promise<Record<string, number>> {
  const text = await readFile(file, 'utf8').catch((cause: unknown) => {
    throw new SourceError(file, 'the file of classes can not be read', { cause });
  });
  const fault = (problem: string, cause?: unknown) =>
    new SourceError(file, problem, { cause, hint: 'expected {"class": label, ...} with labels from 0 to 255' });
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch (cause) {
    throw fault('is not JSON', cause);
  }
  if (json === null || typeof json !== 'object' || Array.isArray(json)) throw fault('is no JSON object');
  const entries = Object.entries(json);
  const wrong = entries.find(([, label]) => !(Number.isInteger(label) && label >= 0 && label <= 255));
  if (wrong) throw fault(`the label of ${JSON.stringify(wrong[0])} is ${JSON.stringify(wrong[1])}`);
  if (entries.length === 0) throw fault('names no class');
  return Object.fromEntries(entries);
}

function toUnmapped(text: string): 'skip' | 'error' | number {
  if (text === 'skip' || text === 'error') return text;
  const label = Number(text);
  if (text.trim() !== '' && Number.isInteger(label) && label >= 0 && label <= 255) return label;
  return checkWithFlags({}, () => {
    throw new OptionError('unmapped', 'skip, error, or a label from 0 to 255', text);
  });
}
