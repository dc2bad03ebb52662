import { useMemo } from 'preact/hooks';
import { checkShape, type ShapeProblem } from './check-shape.ts';
import { findShape, formatCount, type Shape } from './drawing.ts';
import { describeShape, selectShape } from './keyboard-tools.ts';
import type { Session } from './session.ts';

const CHECKED = new WeakMap<Shape, ShapeProblem[]>();

/** Kept by the shape: an edit checks the one polygon that it changes. */
export function listProblems(one: Session, shape: Shape): readonly ShapeProblem[] {
  const known = CHECKED.get(shape) ?? checkShape(shape, one.facts);
  CHECKED.set(shape, known);
  return known;
}

/** All polygons, one of which is in work, and what is wrong with it. */
export function ShapeList({ one }: { readonly one: Session }) {
  const { shapes } = one.history.value.present;
  const chosen = findShape({ shapes }, one.selection.value?.key ?? null);
  const options = useMemo(
    () =>
      shapes.map((shape, index) => ({
        key: shape.key,
        text: `${listProblems(one, shape).length > 0 ? '⚠ ' : ''}${index + 1}. ${describeShape(one, shape)}`,
      })),
    [one, shapes],
  );
  const select = (key: number) => {
    const found = findShape({ shapes }, key);
    if (found) selectShape(one, found);
  };
  return (
    <>
      <label>
        <span>{formatCount({ shapes })}</span>
        <select
          class="edit-list"
          size={Math.min(8, Math.max(3, shapes.length))}
          value={chosen ? String(chosen.key) : ''}
          onChange={({ currentTarget }) => select(Number(currentTarget.value))}
        >
          {options.map(({ key, text }) => (
            <option key={key} value={String(key)}>
              {text}
            </option>
          ))}
        </select>
      </label>
      {chosen && <Problems problems={listProblems(one, chosen)} />}
    </>
  );
}

function Problems({ problems }: { readonly problems: readonly ShapeProblem[] }) {
  return problems.map(({ text }) => (
    <p key={text} class="edit-warning">
      ⚠ {text}
    </p>
  ));
}
