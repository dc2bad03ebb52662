/** Rows in columns, two spaces between; the columns of `right` (from 0) are aligned to the right. */
export function formatTable(rows: readonly (readonly string[])[], right: readonly number[] = []): string[] {
  const columns = Math.max(0, ...rows.map((row) => row.length));
  const widths = Array.from({ length: columns }, (_, i) =>
    Math.max(...rows.map((row) => countCharacters(row[i] ?? ''))),
  );
  return rows.map((row) =>
    row
      .map((cell, i) => pad(cell, widths[i] ?? 0, right.includes(i)))
      .join('  ')
      .trimEnd(),
  );
}

function pad(cell: string, width: number, right: boolean): string {
  const space = ' '.repeat(Math.max(0, width - countCharacters(cell)));
  return right ? space + cell : cell + space;
}

/** Code points: `µ` and `×` are one column each. */
function countCharacters(text: string): number {
  return [...text].length;
}
