/** Files of like size, such as the tiles of one level. */
export interface FileGroup {
  readonly count: number;
  /** Path below the export's folder, with `/`: encoded, it is the address that the server answers. */
  getPath(index: number): string;
}

/** What is made whole and then takes its place: a file, or a folder with nothing but these files. */
export interface ExportPart {
  /** Below the export's folder, with `/`. */
  readonly path: string;
  /** Changes with all that its bytes depend on. */
  readonly key: string;
  /** Groups are levels, each of half the sides of the one before: a pyramid. */
  readonly halving: boolean;
  readonly groups: readonly FileGroup[];
}

/** A part that is one file. */
export function createFilePart(path: string, key: string): ExportPart {
  return { path, key, halving: false, groups: [{ count: 1, getPath: () => path }] };
}

export function countFiles({ groups }: ExportPart): number {
  return groups.reduce((sum, { count }) => sum + count, 0);
}

/** All files in their order. */
export function* listPaths({ groups }: ExportPart): Generator<string, void, undefined> {
  for (const { count, getPath } of groups) for (let index = 0; index < count; index++) yield getPath(index);
}
