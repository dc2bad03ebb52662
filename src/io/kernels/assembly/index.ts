// Entry of the WebAssembly module: every exported kernel, and where free memory begins. No kernel allocates: the host lays
// out memory above `getHeapBase()` and passes addresses. Files here are AssemblyScript, compiled by scripts/build-kernels.mjs.

/** First byte above the module's own tables. */
export function getHeapBase(): usize {
  return __heap_base;
}

export * from './adamw';
export * from './area-blocks';
export * from './area-windows';
export * from './rgb-to-grey';
export * from './rgb-to-hsv';
export * from './rgb-to-planes';
export * from './jpeg-check';
export * from './jpeg-decode';
export * from './jpeg-encode';
export * from './mask-crossings';
export * from './mask-lines';
export * from './mask-points';
export * from './mask-runs';
export * from './png-crc';
export * from './png-encode';
export { mapDensitiesButGlass } from './stain-glass';
export { getMapTables, mapDensities } from './stain-map';
export * from './stain-sums';
export * from './stain-tails';
