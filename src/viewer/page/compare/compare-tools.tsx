import type { ComponentChildren } from 'preact';
import type { Layout } from './choose-panes.ts';
import { CurtainIcon, OneIcon, SideIcon } from './compare-icons.tsx';
import { layout, setLayout } from './compare-state.ts';

const CHOICES: readonly {
  readonly layout: Layout;
  readonly label: string;
  readonly keys: string;
  readonly icon: () => ComponentChildren;
}[] = [
  { layout: 'single', label: 'One slide', keys: '', icon: OneIcon },
  { layout: 'side', label: 'Compare side by side', keys: ' (c)', icon: SideIcon },
  { layout: 'curtain', label: 'Compare behind a curtain', keys: ' (C)', icon: CurtainIcon },
];

/** How many slides are shown, and how. */
export function CompareTools() {
  return (
    <fieldset class="segments compare-tools">
      <legend class="visually-hidden">Compare</legend>
      {CHOICES.map(({ label, keys, icon: Icon, layout: one }) => (
        <button
          key={one}
          type="button"
          aria-label={label}
          title={`${label}${keys}`}
          aria-pressed={layout.value === one}
          onClick={() => setLayout(one)}
        >
          <Icon />
        </button>
      ))}
    </fieldset>
  );
}
