/**
 * What an ICC profile says of itself (ICC.1:2022, sections 7.2 header, 7.3 tag table, 10.15 multiLocalizedUnicodeType; the
 * description of version 2 profiles is textDescriptionType of ICC.1:2001-04, 6.5.17). Colours are not looked at.
 */
export interface IccSummary {
  /** Of the stored profile. */
  readonly bytes: number;
  /** The first of its names; null where it has none. */
  readonly description: string | null;
  /** Such as `4.3`; null where the header is damaged. */
  readonly version: string | null;
  /** Signatures as the header has them: `RGB`, `scnr`. */
  readonly colorSpace: string | null;
  readonly deviceClass: string | null;
  /** What is wrong with it; null where header and tag table are sound. */
  readonly problem: string | null;
}

const HEADER = 128;
/** Names are short; a length above this is damage. */
const MOST_CHARACTERS = 4096;

/** Never throws: `problem` says what is wrong. */
export function describeIccProfile(profile: Uint8Array): IccSummary {
  const { length } = profile;
  const broken = (problem: string): IccSummary => ({
    ...{ bytes: length, description: null, version: null, colorSpace: null, deviceClass: null, problem },
  });
  const view = new DataView(profile.buffer, profile.byteOffset, length);
  if (length < HEADER + 4) return broken(`${length} bytes are too few for a header`);
  if (readText(profile, 36, 4) !== 'acsp') return broken('the signature "acsp" is missing');
  const stated = view.getUint32(0);
  const tags = findTags(view);
  const problem =
    stated > length ? `it says ${stated} bytes and has ${length}` : tags ? null : 'its tag table reaches past its end';
  const description = tags?.find(({ name }) => name === 'desc');
  return {
    bytes: length,
    description: (description && readDescription(profile, view, description.offset)) || null,
    version: `${profile[8]}.${(profile[9] ?? 0) >> 4}`,
    colorSpace: readText(profile, 16, 4).trim(),
    deviceClass: readText(profile, 12, 4).trim(),
    problem,
  };
}

/** Undefined where the table or one of its entries lies outside. */
function findTags(view: DataView): { name: string; offset: number }[] | undefined {
  const count = view.getUint32(HEADER);
  if (HEADER + 4 + count * 12 > view.byteLength) return undefined;
  const tags: { name: string; offset: number }[] = [];
  for (let at = HEADER + 4; tags.length < count; at += 12) {
    const offset = view.getUint32(at + 4);
    if (offset + view.getUint32(at + 8) > view.byteLength) return undefined;
    tags.push({ name: readText(new Uint8Array(view.buffer, view.byteOffset), at, 4), offset });
  }
  return tags;
}

function readDescription(profile: Uint8Array, view: DataView, offset: number): string | undefined {
  if (offset + 28 > profile.length) return undefined;
  const type = readText(profile, offset, 4);
  if (type === 'desc') return clean(readText(profile, offset + 12, view.getUint32(offset + 8)));
  if (type !== 'mluc' || view.getUint32(offset + 8) === 0) return undefined;
  const [length, start] = [view.getUint32(offset + 20), offset + view.getUint32(offset + 24)];
  if (length > MOST_CHARACTERS * 2 || start + length > profile.length) return undefined;
  const units = Array.from({ length: length >> 1 }, (_, i) => view.getUint16(start + 2 * i));
  return clean(String.fromCharCode(...units));
}

function readText(bytes: Uint8Array, at: number, length: number): string {
  return String.fromCharCode(...bytes.subarray(at, at + Math.min(length, MOST_CHARACTERS)));
}

/** Up to the first zero, and without what would disturb a terminal. */
function clean(text: string): string {
  return (text.split('\0')[0] ?? '').replace(/\p{Cc}+/gu, ' ').trim();
}
