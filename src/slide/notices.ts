/** The property that tells what of a file is not read, though it opens. */
const NOTICE = 'slideloom.notice';
/** More of them say no more. */
const MOST = 8;

/** The properties, and among them what was left out and why; as they are where nothing was. */
export function withNotices(properties: Map<string, string>, notices: readonly string[]): Map<string, string> {
  if (notices.length === 0) return properties;
  const shown = notices.length > MOST ? [...notices.slice(0, MOST), `and ${notices.length - MOST} more`] : notices;
  return new Map([...properties, [NOTICE, shown.join('; ')]]);
}

/** What `withNotices` wrote, for people; undefined where there is nothing to tell. */
export function getNotice(properties: ReadonlyMap<string, string>): string | undefined {
  return properties.get(NOTICE);
}
