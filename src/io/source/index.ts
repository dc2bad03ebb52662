export { createBufferSource } from './buffer-source.ts';
export type { ByteSource, ReadOptions, SourceIdentity } from './byte-source.ts';
export { openFileSource } from './file-source.ts';
