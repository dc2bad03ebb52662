import type { ByteSource } from './byte-source.ts';
import { openFileSource } from './file-source.ts';
import { isRemoteUrl } from './remote-address.ts';
import type { RemoteOptions } from './remote-options.ts';

/** Opens a file by its path, or a remote one by its address. @throws SourceError, RemoteError, OptionError */
export async function openSource(
  name: string,
  options: { remote?: RemoteOptions | undefined } = {},
): Promise<ByteSource> {
  if (!isRemoteUrl(name)) return openFileSource(name);
  // Most runs have no remote file: what reads them is loaded by those that do.
  const { openHttpSource } = await import('./http-source.ts');
  return openHttpSource(name, options.remote);
}
