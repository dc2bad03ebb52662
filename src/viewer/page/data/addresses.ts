/** Addresses relative to the page's own, so that the page works under any path. */
export function getSlideAddress(id: string, file = ''): string {
  return `slides/${encodeURIComponent(id)}${file === '' ? '' : `/${file}`}`;
}

/** Of a Deep Zoom folder of a slide: `null` for its own tiles, else `views/NAME`, `overlays/NAME`. */
export function getTileAddress(
  id: string,
  folder: string | null,
  {
    level,
    col,
    row,
    format,
    version,
  }: { level: number; col: number; row: number; format: 'jpg' | 'png'; version: string },
): string {
  const base = getSlideAddress(id, folder?.split('/').map(encodeURIComponent).join('/') ?? '');
  return addVersion(`${base}_files/${level}/${col}_${row}.${format}`, version);
}

/** What is asked for with its version never changes, and is asked for once. */
export function addVersion(address: string, version: string): string {
  return `${address}?v=${encodeURIComponent(version)}`;
}
