import { checkChoice } from './options.ts';

/**
 * What becomes of what a stage makes on its way: `optimised` lets go of it at once and fills its memory again; `naive` keeps it, as
 * the programs do that this one is compared with. Results are the same, byte for byte; each stage says what it keeps.
 */
export const MEMORY_MODES = ['optimised', 'naive'] as const;

export type MemoryMode = (typeof MEMORY_MODES)[number];

/** @throws OptionError */
export function checkMemoryMode(mode: MemoryMode = 'optimised'): MemoryMode {
  return checkChoice('mode', mode, MEMORY_MODES);
}
