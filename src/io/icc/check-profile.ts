import { IccError } from '../../utils/errors.ts';

/** Of an ICC profile (ICC.1): header, tag count, entries of the tag table. */
const HEADER_BYTES = 128;
const ENTRY_BYTES = 12;
/** lcms reads no more. */
const MAX_TAGS = 100;

/** Device classes whose profiles turn pixels into a colour: scanner, display, printer, colour space. */
const CLASSES = ['scnr', 'mntr', 'prtr', 'spac'];
const CURVES = ['curv', 'para'];
const TABLES = ['mft1', 'mft2', 'mAB '];
const MATRIX_TAGS: Readonly<Record<string, readonly string[]>> = {
  ...{ rXYZ: ['XYZ '], gXYZ: ['XYZ '], bXYZ: ['XYZ '] },
  ...{ rTRC: CURVES, gTRC: CURVES, bTRC: CURVES },
};

/**
 * Whether a profile can turn RGB pixels into colours: its header is sound, each tag lies inside it, and it has either a
 * table (A2B0) or a matrix with three curves. What the tags hold is left to the engine that applies it.
 * @throws IccError with what is wrong
 */
export function checkRgbProfile(profile: Uint8Array, name: string): void {
  const refuse = (why: string) => new IccError(name, `the colour profile can't be applied: ${why}`);
  const damaged = (why: string) => refuse(`it is damaged: ${why}`);
  if (profile.length < HEADER_BYTES + 4) throw damaged(`${profile.length} bytes are no profile`);
  const view = new DataView(profile.buffer, profile.byteOffset, profile.byteLength);
  if (readText(profile, 36) !== 'acsp') throw damaged('it has no signature "acsp"');
  const size = view.getUint32(0);
  if (size > profile.length) throw damaged(`it says it has ${size} bytes, and ${profile.length} are stored`);
  const [kind, space, connection] = [readText(profile, 12), readText(profile, 16), readText(profile, 20)];
  if (!CLASSES.includes(kind)) throw refuse(`it is a profile of class "${kind}"`);
  if (space !== 'RGB ') throw refuse(`it is for pixels in ${space.trim()}, not RGB`);
  if (connection !== 'XYZ ' && connection !== 'Lab ') throw damaged(`it connects to "${connection}"`);
  const tags = readTags(profile, view, damaged);
  const table = tags.get('A2B0');
  if (table !== undefined && TABLES.includes(table.type)) {
    // lcms makes noise of a table without levels (byte 10 of lut8Type and lut16Type).
    const levels = profile[table.offset + 10] ?? 0;
    if (table.type !== 'mAB ' && levels < 2) throw damaged(`its table has ${levels} levels`);
    return;
  }
  for (const [tag, types] of Object.entries(MATRIX_TAGS)) {
    const type = tags.get(tag)?.type;
    if (type === undefined) throw damaged(`it has neither a table nor the tag ${tag}`);
    if (!types.includes(type)) throw damaged(`its tag ${tag} is of type "${type}"`);
  }
}

interface Tag {
  readonly type: string;
  readonly offset: number;
}

function readTags(profile: Uint8Array, view: DataView, damaged: (why: string) => IccError): Map<string, Tag> {
  const count = view.getUint32(HEADER_BYTES);
  const end = HEADER_BYTES + 4 + count * ENTRY_BYTES;
  if (count > MAX_TAGS || end > profile.length) throw damaged(`a table of ${count} tags`);
  const tags = new Map<string, Tag>();
  for (let at = HEADER_BYTES + 4; at < end; at += ENTRY_BYTES) {
    const name = readText(profile, at);
    const [offset, length] = [view.getUint32(at + 4), view.getUint32(at + 8)];
    if (offset < end || length < 8 || offset + length > profile.length)
      throw damaged(`its tag ${name} lies at ${offset}..${offset + length} of ${profile.length} bytes`);
    tags.set(name, { type: readText(profile, offset), offset });
  }
  return tags;
}

function readText(bytes: Uint8Array, at: number): string {
  return String.fromCharCode(...bytes.subarray(at, at + 4));
}
