/** What a file's name makes of it. */
export type NameMatch = 'slide' | 'log' | undefined;

/** Extensions of two parts that belong together when a number is put before them. */
const COMPOUND = ['.ome.tif', '.ome.tiff', '.ome.btf', '.ome.tf8', '.ome.tf2', '.tar.gz'];

/** Letters count alike in both cases. A name that is nothing but the extension (`.svs`) is a hidden file and does not match. */
export function matchName(
  name: string,
  ends: { readonly extensions: readonly string[]; readonly logSuffixes: readonly string[] },
): NameMatch {
  const lower = name.toLowerCase();
  if (ends.logSuffixes.some((end) => lower.endsWith(end))) return 'log';
  return findLongest(lower, ends.extensions) === undefined ? undefined : 'slide';
}

/** `scan.ome.tif` with 2 to `scan_2.ome.tif`; 0 leaves the name as it is. */
export function numberName(name: string, number: number, extensions: readonly string[]): string {
  if (number === 0) return name;
  const lower = name.toLowerCase();
  const end = findLongest(lower, [...extensions, ...COMPOUND]) ?? /[^.](\.[^.]+)$/.exec(lower)?.[1] ?? '';
  const at = name.length - end.length;
  return `${name.slice(0, at)}_${number}${name.slice(at)}`;
}

function findLongest(lower: string, ends: readonly string[]): string | undefined {
  const fitting = ends.filter((end) => lower.length > end.length && lower.endsWith(end));
  return fitting.sort((a, b) => b.length - a.length)[0];
}
