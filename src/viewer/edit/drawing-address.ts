/**
 * Names of drawings. No dots: `tissue.2.geojson` is an earlier `tissue`, and nothing leads out of a folder. No capitals: some file
 * systems don't tell them apart.
 */
const NAME = /^[a-z0-9][a-z0-9_-]{0,63}$/;
/** What Windows takes for a device, whatever follows the dot. */
const DEVICE = /^(con|prn|aux|nul|com\d|lpt\d)$/;
const ADDRESS = /^\/slides\/[^/]+\/annotations\/[^/]+\.geojson$/;

export const DRAWING_EXTENSION = '.geojson';

export function isDrawingName(name: string): boolean {
  return NAME.test(name) && !DEVICE.test(name);
}

/** Whether a path of the server is one that may be written: `/slides/ID/annotations/NAME.geojson`. */
export function isDrawingAddress(path: string): boolean {
  return ADDRESS.test(path);
}
