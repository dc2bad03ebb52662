import { stat } from 'node:fs/promises';
import { isRemoteUrl } from '../io/source/remote-address.ts';

/** A file may be another one after that many milliseconds: it is not looked at for each of hundreds of tiles. */
const LOOK_MS = 1000;

/** How the files of slides are now: a text that is another one when the file is. Empty for remote ones, and for what has gone. */
export interface FileStates {
  find(path: string): string | Promise<string>;
}

export function createFileStates(): FileStates {
  const known = new Map<string, { readonly state: string | Promise<string>; readonly until: number }>();
  return {
    find(path) {
      const found = known.get(path);
      if (found && performance.now() < found.until) return found.state;
      const until = performance.now() + LOOK_MS;
      const state = isRemoteUrl(path) ? '' : look(path);
      known.set(path, { state, until });
      return state;
    },
  };
}

async function look(path: string): Promise<string> {
  const stats = await stat(path).catch(() => undefined);
  return stats ? `${stats.size} ${stats.mtimeMs}` : '';
}
