/** What was left out and why: one line per reason, with the first few names, however many there are. */
export interface NoticeList {
  /** `name` is the region's. */
  add(reason: string, name?: string): void;
  list(): string[];
}

/** Names that a line tells. */
const NAMED = 5;

export function createNoticeList(): NoticeList {
  const reasons = new Map<string, { count: number; names: string[] }>();
  return {
    add(reason, name) {
      const entry = reasons.get(reason) ?? { count: 0, names: [] };
      entry.count++;
      if (name !== undefined && entry.names.length < NAMED) entry.names.push(name.slice(0, 60));
      reasons.set(reason, entry);
    },
    list() {
      return [...reasons].map(([reason, { count, names }]) => {
        const times = count > 1 ? ` (${count} times)` : '';
        const rest = count > names.length ? ' ...' : '';
        return `${reason}${times}${names.length > 0 ? `: ${names.join(', ')}${rest}` : ''}`;
      });
    },
  };
}
