import { batch, useSignal } from '@preact/signals';
import { formatHex, parseHex } from '../views/channel-choice.ts';
import { setKind } from './change-drawing.ts';
import { type DrawnClass, findShape } from './drawing.ts';
import { getNextColor } from './drawing-names.ts';
import { commit, type Session } from './session.ts';

const NEW = '\u0000new';

/** Class of the polygon in work, or of what is drawn next. */
export function ClassPicker({ one }: { readonly one: Session }) {
  const adding = useSignal(false);
  const { kinds, kind } = one;
  const chosen = findShape(one.shown.value, one.selection.value?.key ?? null);
  const shown = chosen ? chosen.kind : kind.value;
  const choose = (name: string) => {
    adding.value = name === NEW;
    const found = kinds.peek().find((each) => each.name === name);
    if (found) applyKind(one, found);
  };
  return (
    <>
      <label>
        {chosen ? 'Class of the polygon' : 'Class of the next polygon'}
        <select
          value={adding.value ? NEW : (shown?.name ?? '')}
          onChange={({ currentTarget }) => choose(currentTarget.value)}
        >
          {!shown && <option value="">without class</option>}
          {kinds.value.map(({ name }) => (
            <option key={name} value={name}>
              {name}
            </option>
          ))}
          <option value={NEW}>A new class …</option>
        </select>
      </label>
      {adding.value && <NewClass one={one} onDone={() => (adding.value = false)} />}
    </>
  );
}

function NewClass({ one, onDone }: { readonly one: Session; readonly onDone: () => void }) {
  const name = useSignal('');
  const color = useSignal(`#${formatHex(getNextColor(one.kinds.peek()))}`);
  const add = (event: Event) => {
    event.preventDefault();
    const made: DrawnClass = { name: name.peek().trim(), color: parseHex(color.peek()) };
    batch(() => {
      one.kinds.value = [...one.kinds.peek().filter((each) => each.name !== made.name), made];
      applyKind(one, made);
    });
    onDone();
  };
  return (
    <form class="edit-row" onSubmit={add}>
      <input
        type="text"
        aria-label="Name of the new class"
        placeholder="Name"
        required
        maxLength={100}
        pattern=".*\S.*"
        onInput={({ currentTarget }) => (name.value = currentTarget.value)}
      />
      <input
        type="color"
        aria-label="Colour of the new class"
        value={color.value}
        onInput={({ currentTarget }) => (color.value = currentTarget.value)}
      />
      <button type="submit">Add</button>
    </form>
  );
}

function applyKind(one: Session, kind: DrawnClass): void {
  const key = one.selection.peek()?.key;
  batch(() => {
    one.kind.value = kind;
    if (key !== undefined) commit(one, setKind(one.history.peek().present, key, kind));
  });
}
