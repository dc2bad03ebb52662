/** A longer name is no name of ours, and a string of a megabyte nobody needs. */
const LONGEST_NAME = 256;
/** Names that were read before, by a number that is made of their bytes: most tags of a file have one of a few. */
const known = new Map<number, { readonly name: string; readonly bytes: Uint8Array }>();
const MOST_KNOWN = 256;

export function readName(bytes: Uint8Array, from: number, to: number): string {
  const end = Math.min(to, from + LONGEST_NAME);
  let hash = end - from;
  for (let p = from; p < end; p++) hash = (Math.imul(hash, 31) + bytes[p]!) | 0;
  const found = known.get(hash);
  if (found !== undefined && isSame(found.bytes, bytes, from, end)) return found.name;
  let name = '';
  for (let p = from; p < end; p++) name += String.fromCharCode(bytes[p]!);
  if (known.size >= MOST_KNOWN) known.clear();
  known.set(hash, { name, bytes: bytes.slice(from, end) });
  return name;
}

function isSame(name: Uint8Array, bytes: Uint8Array, from: number, end: number): boolean {
  if (name.length !== end - from) return false;
  for (let k = 0; k < name.length; k++) if (name[k] !== bytes[from + k]) return false;
  return true;
}

export function localName(name: string): string {
  const colon = name.indexOf(':');
  return colon < 0 ? name : name.slice(colon + 1);
}
