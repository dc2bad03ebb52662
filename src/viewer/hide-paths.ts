import { basename, sep } from 'node:path';

/**
 * Absolute paths of any system, network shares and addresses, where a word begins. They end at a space: those that hold one have to be
 * known.
 */
const PLACES = /(?<![\w./:-])(?:[a-z][a-z0-9+.-]+:\/\/|\/(?=[^\s/]+\/)|[a-z]:[\\/]|\\\\)[^\s"'`<>|;,)\]}]*/gi;

/** Cuts what says where files lie, on a machine or in a network, down to their names. */
export type HidePaths = (text: string) => string;

/**
 * @param known whole paths that may stand in texts, such as those of slides
 * @param folders of files that may
 */
export function createPathHider(known: Iterable<string>, folders: Iterable<string> = []): HidePaths {
  const names = [...new Set(known)].map((path) => [path, getName(path)] as const);
  const inside = [...new Set(folders)].map((folder) => [`${folder}${sep}`, ''] as const);
  const cuts = [...names, ...inside].filter(([path]) => path.length > 1).sort(([a], [b]) => b.length - a.length);
  return (text) => {
    let shown = text;
    for (const [path, name] of cuts) if (shown.includes(path)) shown = shown.replaceAll(path, name);
    return shown.replace(PLACES, getName);
  };
}

/** The texts of any JSON value, changed by `hide`; keys stay. */
export function hideInJson(value: unknown, hide: HidePaths): unknown {
  if (typeof value === 'string') return hide(value);
  if (Array.isArray(value)) return value.map((item) => hideInJson(item, hide));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, hideInJson(item, hide)]));
}

function getName(path: string): string {
  const plain = path.replace(/[?#].*$/, '').replaceAll('\\', '/');
  return basename(plain);
}
