export { createBufferSource } from './buffer-source.ts';
export type { ByteSource, ReadOptions, SourceIdentity } from './byte-source.ts';
export { openFileSource } from './file-source.ts';
export { openHttpSource } from './http-source.ts';
export { openSource } from './open-source.ts';
export type { RemoteAddress, RemoteVersion } from './remote-address.ts';
export { REMOTE_DEFAULTS, type RemoteOptions } from './remote-options.ts';
