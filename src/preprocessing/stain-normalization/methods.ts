import { OptionError } from '../../utils/errors.ts';
import type { MemoryMode } from '../../utils/memory-mode.ts';
import type { StainMethodName } from './options.ts';
import type { StainMethod } from './stain-method.ts';

/** Stain normalisers; each loads at its first use. */
const loaders = {
  macenko: async () => (await import('./methods/macenko.ts')).macenko,
  'macenko-henorm': async () => (await import('./methods/macenko.ts')).macenkoHenorm,
  'macenko-staintools': async () => (await import('./methods/macenko-staintools.ts')).macenkoStaintools,
  'macenko-tiatoolbox': async () => (await import('./methods/macenko-tiatoolbox.ts')).macenkoTiatoolbox,
  'macenko-histolab': async () => (await import('./methods/macenko-histolab.ts')).macenkoHistolab,
  'macenko-histomicstk': async () => (await import('./methods/macenko-histomicstk.ts')).macenkoHistomicstk,
  vahadane: async () => (await import('./methods/vahadane.ts')).vahadane,
  reinhard: async () => (await import('./methods/reinhard.ts')).reinhard,
  'reinhard-modified': async () => (await import('./methods/reinhard.ts')).reinhardModified,
  'reinhard-tiatoolbox': async () => (await import('./methods/reinhard-tiatoolbox.ts')).reinhardTiatoolbox,
  'reinhard-histolab': async () => (await import('./methods/reinhard-histolab.ts')).reinhardHistolab,
  'reinhard-histomicstk': async () => (await import('./methods/reinhard-histomicstk.ts')).reinhardHistomicstk,
  ruifrok: async () => (await import('./methods/ruifrok.ts')).ruifrok,
} satisfies Partial<Record<StainMethodName, () => Promise<StainMethod>>>;

/** Names of all methods that `loadStainMethod` knows. */
export function listStainMethods(): StainMethodName[] {
  return Object.keys(loaders) as (keyof typeof loaders)[];
}

/**
 * @param mode `naive` keeps every array that a picture passes through, to compare with: of `macenko` alone
 * @throws OptionError
 */
export async function loadStainMethod(name: StainMethodName, mode?: MemoryMode): Promise<StainMethod> {
  if (mode === 'naive') return loadNaive(name);
  const load = (loaders as Partial<Record<StainMethodName, () => Promise<StainMethod>>>)[name];
  if (!load) throw new OptionError('method', `one of ${listStainMethods().join(', ')}`, name);
  return load();
}

async function loadNaive(name: StainMethodName): Promise<StainMethod> {
  if (name !== 'macenko')
    throw new OptionError('mode', 'optimised, as only the method macenko has the naive way', 'naive');
  return (await import('./methods/macenko-arrays.ts')).createMacenkoArrays();
}
