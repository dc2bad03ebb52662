import { basename } from 'node:path';
import { getRemoteFileName, isRemoteUrl } from '../io/source/remote-address.ts';

/** A slide's file name without extension, safe for file systems. */
export function getSlideStem(path: string): string {
  // The address of a folder may end in slashes.
  const name = isRemoteUrl(path) ? getRemoteFileName(path.replace(/\/+(?=$|[?#])/, '')) : basename(path);
  const stem = name.replace(/(\.ome)?\.[^.]+$/i, '');
  return stem.replace(/[^\p{L}\p{N}._-]+/gu, '_').replace(/^\.+/, '_') || 'slide';
}
