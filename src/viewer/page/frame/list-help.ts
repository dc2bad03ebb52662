/** A line of the help. */
export interface HelpLine {
  readonly label: string;
  /** Keys that are pressed together, for each way to do it. What all ways share stands in the first alone. */
  readonly combinations: readonly (readonly string[])[];
}

/** Shortcuts with the same label share a line, with the first key of each; the order stays. */
export function listHelp(list: readonly { readonly keys: readonly string[]; readonly label: string }[]): HelpLine[] {
  return [...new Set(list.map(({ label }) => label))].map((label) => {
    const same = list.filter((one) => one.label === label);
    const [first = [], ...others] = same.map(({ keys }) => splitKeys(keys[0] ?? ''));
    const held = first.slice(0, -1);
    const shared = others.every((one) => one.length === first.length && held.every((key, index) => one[index] === key));
    return { label, combinations: [first, ...(shared ? others.map((one) => one.slice(held.length)) : others)] };
  });
}

/** `Shift+ArrowLeft` to its keys; `+` is a key too. */
function splitKeys(name: string): string[] {
  return name.split(/(?<=.)\+/);
}
