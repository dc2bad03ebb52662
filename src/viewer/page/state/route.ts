/** What the address says behind `#`: the cohort, or a slide with what is shown of it. */
export interface Route {
  /** Id of the slide; null: the cohort. */
  readonly slide: string | null;
  /** Of the query, decoded. */
  readonly params: Readonly<Record<string, string>>;
}

/** Anything that is no slide is the cohort: an address that was cut off still leads somewhere. */
export function parseRoute(hash: string): Route {
  const [path = '', query = ''] = hash.replace(/^#/, '').split(/\?(.*)/s);
  const params = Object.fromEntries(new URLSearchParams(query));
  const id = /^\/slide\/([^/]+)\/?$/.exec(path)?.[1];
  return { slide: id === undefined ? null : decode(id), params };
}

/** @returns with its `#`. Parameters without a value are left out; commas and colons stay readable. */
export function formatRoute({ slide, params }: Route): string {
  const path = slide === null ? '#/' : `#/slide/${encodeURIComponent(slide)}`;
  const pairs = Object.entries(params).filter(([, value]) => value !== '');
  if (pairs.length === 0) return path;
  return `${path}?${pairs.map(([name, value]) => `${encode(name)}=${encode(value)}`).join('&')}`;
}

function encode(text: string): string {
  return encodeURIComponent(text).replaceAll('%2C', ',').replaceAll('%3A', ':');
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
