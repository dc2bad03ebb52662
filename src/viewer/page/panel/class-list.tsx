import type { Color } from '../../contract.ts';
import { Chip } from './color-bar.tsx';
import { formatCount } from './format-number.ts';

interface ClassListProps {
  readonly title: string;
  readonly classes: readonly {
    readonly key: number;
    readonly name: string;
    readonly color: Color;
    readonly count?: number;
  }[];
  readonly hidden: readonly number[];
  /** Null where classes can't be switched off. */
  readonly change: ((hidden: readonly number[]) => void) | null;
}

/** Classes with their colours, switched on and off. */
export function ClassList({ title, classes, hidden, change }: ClassListProps) {
  return (
    <ul class="classes" aria-label={title}>
      {classes.map(({ key, name, color, count }) => {
        const text = (
          <>
            <Chip color={color} />
            <span class="class-name">{name}</span>
            {count !== undefined && <span class="quiet">{formatCount(count)}</span>}
          </>
        );
        if (change === null) return <li key={key}>{text}</li>;
        const toggle = () => change(hidden.includes(key) ? hidden.filter((one) => one !== key) : [...hidden, key]);
        return (
          <li key={key}>
            <label>
              <input type="checkbox" checked={!hidden.includes(key)} onChange={toggle} />
              {text}
            </label>
          </li>
        );
      })}
    </ul>
  );
}
