import { type RemoteSettings, WORKER_CACHE_BYTES } from './remote-options.ts';

/** What another thread needs to open the same remote file, as plain data. Holds no credentials but those of the URL. */
export interface RemoteAddress {
  /** As the user gave it. It may carry a password or a signature, so it is never shown. */
  readonly url: string;
  readonly settings: RemoteSettings;
  /** What the file was when it was first opened; every answer is held against it. */
  readonly version: RemoteVersion;
}

/** Tells one state of a remote file from another. */
export interface RemoteVersion {
  /** Bytes. */
  readonly size: number;
  readonly etag: string | undefined;
  /** As the server writes it. */
  readonly lastModified: string | undefined;
}

/** Whether a slide's name is the address of a remote file: `https://`, `http://` or `s3://`. */
export function isRemoteUrl(name: string): boolean {
  return /^(https?|s3):\/\//i.test(name);
}

/** The address for messages and records: without user, password, query and fragment. Works on invalid URLs too. */
export function hideSecrets(url: string): string {
  // The key of an S3 object may hold any character, and its address no secret.
  if (/^s3:/i.test(url)) return url;
  // A slash within a password, for instance, makes it no URL: nobody knows then where the password ends.
  const address = URL.canParse(url) ? url : url.replace(/^(https?:\/\/).*@/is, '$1');
  // However many slashes there are, what follows them is user and password (WHATWG URL, "special authority slashes").
  return address.replace(/^(https?:\/\/)[/\\]*(?:[^/?#\\]*@)?([^?#]*).*$/is, '$1$2');
}

/** The last part of the address's path, decoded: what a file name would be. Empty where the path ends in a slash. */
export function getRemoteFileName(url: string): string {
  const last = hideSecrets(url).split('/').at(-1) ?? '';
  if (/^s3:/i.test(url)) return last;
  try {
    return decodeURIComponent(last);
  } catch {
    return last;
  }
}

/** For a worker thread, which reads a small part of the file and has many brothers. */
export function withWorkerCache(address: RemoteAddress): RemoteAddress {
  const cacheBytes = Math.min(address.settings.cacheBytes, WORKER_CACHE_BYTES);
  return { ...address, settings: { ...address.settings, cacheBytes } };
}
