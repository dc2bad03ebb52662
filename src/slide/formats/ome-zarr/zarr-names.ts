import { hideSecrets, isRemoteUrl } from '../../../io/source/remote-address.ts';

/** Files that describe a Zarr folder, in the order in which they are looked for: v3, then those of v2. */
export const ZARR_METADATA = ['zarr.json', '.zattrs', '.zgroup', '.zarray'] as const;

/** Whether a path or an address leads to a file that describes a Zarr folder. */
export function isZarrMetadata(name: string): boolean {
  const last = (isRemoteUrl(name) ? hideSecrets(name) : name).split(/[/\\]/).at(-1);
  return ZARR_METADATA.some((known) => known === last);
}

/** Whether an address is that of a Zarr folder, which no server says of itself: by a part that ends in `.zarr`. */
export function isZarrAddress(url: string): boolean {
  return isRemoteUrl(url) && /\.zarr(\/|$)/i.test(hideSecrets(url)) && !isZarrMetadata(url);
}

/** The address of something below a folder's address; the query, which may be a signature, stays. */
export function joinAddress(folder: string, key: string): string {
  if (/^s3:/i.test(folder)) return `${folder.replace(/\/+$/, '')}/${key}`;
  const [, path = '', rest = ''] = /^([^?#]*)(.*)$/s.exec(folder) ?? [];
  return `${path.replace(/\/+$/, '')}/${key.split('/').map(encodeURIComponent).join('/')}${rest}`;
}

/** The folder of a metadata file's address. */
export function getFolderAddress(url: string): string {
  if (/^s3:/i.test(url)) return url.replace(/\/[^/]*$/, '');
  return url.replace(/\/[^/?#]*(?=$|[?#])/, '');
}
