import { signal } from '@preact/signals';

export interface Shortcut {
  /** As `KeyboardEvent.key` says it, such as `+`, `ArrowLeft`, `s`; `Shift+ArrowLeft`, `Control+z`. The first is shown in the help. */
  readonly keys: readonly string[];
  /** Heading in the help. */
  readonly group: string;
  /** What it does, for the help. */
  readonly label: string;
  run(event: KeyboardEvent): void;
}

/** All that hold now; a later one wins over an earlier one with the same key. */
export const shortcuts = signal<readonly Shortcut[]>([]);

/** @returns what takes them out again. */
export function addShortcuts(list: readonly Shortcut[]): () => void {
  shortcuts.value = [...shortcuts.peek(), ...list];
  return () => {
    shortcuts.value = shortcuts.peek().filter((one) => !list.includes(one));
  };
}

/** Keys that a focused control uses itself stay with it, and so do those of the browser. */
export function startShortcuts(): void {
  addEventListener('keydown', (event) => {
    if (event.defaultPrevented || event.isComposing || isTyping(event) || document.querySelector('dialog[open]'))
      return;
    const name = nameKey(event);
    const found = shortcuts.peek().findLast(({ keys }) => keys.includes(name));
    if (!found) return;
    event.preventDefault();
    found.run(event);
  });
}

/** Shift is only named where it does not change the character: `?` is `?`, not `Shift+/`. */
function nameKey({ key, shiftKey, ctrlKey, metaKey, altKey }: KeyboardEvent): string {
  const named = key.length > 1 || key === ' ';
  const plain = ctrlKey || metaKey ? key.toLowerCase() : key;
  const prefix = [ctrlKey || metaKey ? 'Control+' : '', altKey ? 'Alt+' : ''].join('');
  return `${prefix}${shiftKey && (named || prefix !== '') ? 'Shift+' : ''}${plain}`;
}

function isTyping({ target, key }: KeyboardEvent): boolean {
  if (!(target instanceof HTMLElement)) return false;
  if (
    target.isContentEditable ||
    target.matches('textarea, select, input:not([type=checkbox], [type=radio], [type=range])')
  )
    return true;
  if (target.matches('input')) return key.startsWith('Arrow') || key === ' ' || key === 'Home' || key === 'End';
  return target.matches('button, a, summary, [role=tab], tr') && (key === ' ' || key === 'Enter');
}
