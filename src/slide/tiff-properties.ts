import type { TiffDirectory } from '../io/tiff/directory.ts';
import { decodeAscii } from '../io/tiff/field.ts';
import { TAG } from '../io/tiff/tags.ts';

const TEXT_TAGS = [
  'ImageDescription',
  'Artist',
  'Copyright',
  'DateTime',
  'DocumentName',
  'HostComputer',
  'Make',
  'Model',
  'Software',
] as const;
/** Of a text, which becomes a property; descriptions may hold pages of XML. Longer ones are damage. */
const MAX_TEXT = 2 ** 20;
const MAX_DESCRIPTION = 16 * 2 ** 20;
/** Of colour profiles: the largest known have 4 MB. */
const MAX_PROFILE = 16 * 2 ** 20;
const NUMBER_TAGS = ['XResolution', 'YResolution', 'XPosition', 'YPosition'] as const;
const UNITS: Readonly<Record<number, string>> = { 1: 'none', 2: 'inch', 3: 'centimeter' };

/** The properties that OpenSlide takes from a TIFF directory: `tiff.*` and `openslide.comment`. Damaged tags are left out. */
export async function readTiffProperties(directory: TiffDirectory): Promise<Map<string, string>> {
  const properties = new Map<string, string>();
  for (const name of TEXT_TAGS) {
    const limit = name === 'ImageDescription' ? MAX_DESCRIPTION : MAX_TEXT;
    const bytes = await directory.readBytes(TAG[name], limit).catch(() => undefined);
    const text = bytes && decodeAscii(bytes);
    if (text) properties.set(`tiff.${name}`, text);
  }
  for (const name of NUMBER_TAGS) {
    const value = await directory.readNumber(TAG[name]).catch(() => undefined);
    if (value !== undefined && Number.isFinite(value)) properties.set(`tiff.${name}`, String(value));
  }
  const unit = (await readResolutionUnit(directory)) ?? 0;
  properties.set('tiff.ResolutionUnit', UNITS[unit] ?? 'unknown');
  const comment = properties.get('tiff.ImageDescription');
  if (comment) properties.set('openslide.comment', comment);
  return properties;
}

/** The colour profile (tag 34675) as it is stored; undefined where it is missing or damaged. */
export async function readIccProfile(directory: TiffDirectory): Promise<Uint8Array | undefined> {
  const bytes = await directory.readBytes(TAG.IccProfile, MAX_PROFILE).catch(() => undefined);
  // A copy: it is handed out for good, and what was read may be a view of the directory.
  return bytes && new Uint8Array(bytes);
}

/** Pixels per unit and the unit, for `resolveMpp`; undefined where the resolution is missing. */
export async function readResolution(
  directory: TiffDirectory,
): Promise<{ x: number; y: number; unit: number } | undefined> {
  const x = await directory.readNumber(TAG.XResolution).catch(() => undefined);
  const y = await directory.readNumber(TAG.YResolution).catch(() => undefined);
  const unit = await readResolutionUnit(directory);
  if (x === undefined || y === undefined || unit === undefined) return undefined;
  return { x, y, unit };
}

/** Tag 296, inch where it is absent (TIFF 6.0). */
async function readResolutionUnit(directory: TiffDirectory): Promise<number | undefined> {
  if (!directory.has(TAG.ResolutionUnit)) return 2;
  return directory.readNumber(TAG.ResolutionUnit).catch(() => undefined);
}
