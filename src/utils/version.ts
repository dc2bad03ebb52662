import { readPackageJson } from './package-files.ts';

/** slideloom's own version, from its package.json. */
export const VERSION = readPackageJson().version;
