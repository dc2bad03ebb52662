import { closeSync, openSync, readSync, rmSync, writeSync } from 'node:fs';
import { createTemporaryPath } from '../../utils/atomic-file.ts';
import { trackOpen } from '../../utils/open-handles.ts';
import { toOutputError } from '../../utils/output-error.ts';
import type { LabelChooser, PatchLabel } from './choose-label.ts';
import type { CountedPatches } from './count-labels.ts';

/** What was counted of each patch of a plan, in a temporary file: any patch's label is there without all being in memory. */
export interface LabelStore extends Disposable {
  /** Counts of the patches that follow those that it has. @throws OutputError */
  append(block: CountedPatches): void;
  /** Labels of the patches [first, first + count). */
  read(first: number, count: number): PatchLabel[];
}

/** For each patch 8 bytes a class, and 8 for the label at its centre. It is removed when it is disposed of. */
export function createLabelStore(folder: string, classes: number, choose: LabelChooser): LabelStore {
  const path = createTemporaryPath(folder);
  const file = attempt(path, () => openSync(path, 'wx+'));
  const width = classes + 1;
  let end = 0;
  const store: LabelStore = {
    append({ patches, counts, centres }) {
      const entries = new Float64Array(patches.length * width);
      for (let i = 0; i < patches.length; i++) {
        entries.set(counts.subarray(i * classes, (i + 1) * classes), i * width);
        entries[i * width + classes] = centres[i] ?? 0;
      }
      const bytes = new Uint8Array(entries.buffer);
      for (let done = 0; done < bytes.length; )
        done += attempt(path, () => writeSync(file, bytes, done, bytes.length - done, end + done));
      end += bytes.length;
    },
    read(first, count) {
      const entries = new Float64Array(count * width);
      const read = readSync(file, new Uint8Array(entries.buffer), 0, entries.byteLength, first * width * 8);
      if (read < entries.byteLength) throw new RangeError(`no labels of the patches ${first} to ${first + count - 1}`);
      return Array.from({ length: count }, (_, i) =>
        choose(entries.subarray(i * width, i * width + classes), entries[i * width + classes] ?? 0),
      );
    },
    [Symbol.dispose]() {
      untrack();
      closeSync(file);
      rmSync(path, { force: true });
    },
  };
  const untrack = trackOpen(store, 'labels', path);
  return store;
}

function attempt<T>(path: string, action: () => T): T {
  try {
    return action();
  } catch (cause) {
    throw toOutputError(path, cause);
  }
}
