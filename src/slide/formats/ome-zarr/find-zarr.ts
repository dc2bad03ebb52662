import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { ByteSource } from '../../../io/source/byte-source.ts';
import { openSource } from '../../../io/source/open-source.ts';
import { hideSecrets } from '../../../io/source/remote-address.ts';
import type { RemoteOptions } from '../../../io/source/remote-options.ts';
import { RemoteError, SourceError } from '../../../utils/errors.ts';
import { joinAddress, ZARR_METADATA } from './zarr-names.ts';

/** The metadata file that makes `folder` a Zarr array or group; undefined where there is none. */
export async function findZarrFile(folder: string): Promise<string | undefined> {
  for (const name of ZARR_METADATA) {
    const path = join(folder, name);
    const isFile = await stat(path).then(
      (stats) => stats.isFile(),
      () => false,
    );
    if (isFile) return path;
  }
  return undefined;
}

/** As `findZarrFile`, for the address of a folder: the open metadata file. @throws SourceError, RemoteError */
export async function openZarrAddress(
  url: string,
  options: { remote?: RemoteOptions | undefined } = {},
): Promise<ByteSource> {
  for (const name of ZARR_METADATA) {
    try {
      return await openSource(joinAddress(url, name), options);
    } catch (error) {
      if (!(error instanceof RemoteError) || error.status !== 404) throw error;
    }
  }
  throw new SourceError(hideSecrets(url), `no Zarr folder: the server has none of ${ZARR_METADATA.join(', ')} there`);
}
