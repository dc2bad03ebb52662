import { sep } from 'node:path';

/** Whether a path is the folder's or leads into it. Both are without links. */
export function isBelow(path: string, folder: string): boolean {
  return path === folder || path.startsWith(folder.endsWith(sep) ? folder : `${folder}${sep}`);
}
