export { describeCompression, listCodecs, loadTiffCodec } from './codecs.ts';
export type { TileCodec, TileParameters } from './tile-codec.ts';
