// Files moved out of a tree of folders: copy and unlink, as the seed's program does, beside `slideloom collect`.
import { COLLECT_CASES } from '../cases/collect.mjs';
import { createCases } from '../lib/cases.mjs';

export const name = 'collect';
export const describe =
  'files moved from a tree: copy and unlink beside rename, and across file systems; bytes written';
export const { options, run } = createCases(COLLECT_CASES, {
  disk: {
    type: 'string',
    describe: 'DIR: a folder on a disk, for the files; the folder of temporary files by default',
  },
  other: { type: 'string', describe: 'DIR: a folder on another file system, /dev/shm by default' },
});
