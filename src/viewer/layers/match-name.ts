/** What stands between a slide's name and more words in the name of a file. */
const SEPARATORS = ['.', '_', '-', ' '];

/**
 * What a file's name says beside the slide's: `''` for `SLIDE.xml`, `tumour` for `SLIDE_tumour.xml`, undefined where it is of none of
 * these names, or of a slide with a longer one (`a-1` is not `a` where both are there).
 * @param stem the file's name without extension
 * @param all names of all slides
 */
export function matchName(stem: string, names: readonly string[], all: ReadonlySet<string>): string | undefined {
  for (const name of names) {
    if (stem === name) return '';
    if (!stem.startsWith(name) || !SEPARATORS.includes(stem[name.length] ?? '')) continue;
    const isOther = (longer: string) => all.has(longer) && !names.includes(longer);
    if (!isOfLongerName(stem, name, isOther)) return stem.slice(name.length + 1);
  }
  return undefined;
}

function isOfLongerName(stem: string, name: string, isOther: (longer: string) => boolean): boolean {
  for (let end = name.length + 1; end <= stem.length; end++) {
    const ended = end === stem.length || SEPARATORS.includes(stem[end] ?? '');
    if (ended && isOther(stem.slice(0, end))) return true;
  }
  return false;
}
