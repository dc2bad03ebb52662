import { useSignal, useSignalEffect } from '@preact/signals';
import { useEffect, useRef } from 'preact/hooks';
import type { SlideFacts } from '../../contract.ts';
import { describeError } from '../data/describe-error.ts';
import type { Pane } from '../pane/pane.ts';
import { drawingSaved } from '../state/drawing-saved.ts';
import { notify } from '../state/notices.ts';
import { activePane } from '../state/page-state.ts';
import { addShortcuts } from '../state/shortcuts.ts';
import { ClassPicker } from './class-picker.tsx';
import { listShortcuts, listVertexShortcuts } from './keyboard-tools.ts';
import { chooseFirst, type EditChoice, listChoices, openLayer, openNew } from './open-drawing.ts';
import { openSaveDialog, SaveDialog } from './save-dialog.tsx';
import {
  closeSession,
  removeSelected,
  type Session,
  session,
  simplifySelected,
  stepBack,
  stepForward,
} from './session.ts';
import { ShapeList } from './shape-list.tsx';
import { ToolButtons } from './tool-buttons.tsx';

/** CSS pixels by which a simplified outline may lie beside the one that it was. */
const SIMPLIFY = 6;

/** Draws and corrects polygons of the slide in the pane. */
export function EditPanel({ pane }: { readonly pane: Pane }) {
  const one = session.value;
  if (one && one.facts.id !== pane.facts.id) return <OtherSlide one={one} />;
  return one ? <Editor one={one} /> : <Chooser key={pane.facts.id} facts={pane.facts} />;
}

/** What is to be drawn. */
function Chooser({ facts }: { readonly facts: SlideFacts }) {
  const choices = useSignal<readonly EditChoice[]>([]);
  const chosen = useSignal('');
  const title = useSignal('Regions');
  useSignalEffect(() => {
    void drawingSaved.value;
    listChoices(facts.id).then(
      (found) => {
        choices.value = found;
        chosen.value ||= chooseFirst(found)?.name ?? '';
      },
      () => {
        choices.value = [];
      },
    );
  });
  const layer = choices.value.find(({ name }) => name === chosen.value);
  const begin = () => {
    const opening = layer ? openLayer(facts, layer) : openNew(facts, title.value.trim());
    opening.catch((error: unknown) => notify('error', `It can't be opened to be drawn on: ${describeError(error)}`));
  };
  return (
    <div class="edit">
      <label>
        What to edit
        <select value={chosen.value} onChange={({ currentTarget }) => (chosen.value = currentTarget.value)}>
          {choices.value.map((one) => (
            <option key={one.name} value={one.name}>
              {one.title}
            </option>
          ))}
          <option value="">A new drawing …</option>
        </select>
      </label>
      {!layer && (
        <label>
          Name
          <input
            type="text"
            maxLength={60}
            value={title.value}
            onInput={({ currentTarget }) => (title.value = currentTarget.value)}
          />
        </label>
      )}
      <button type="button" onClick={begin} disabled={!layer && title.value.trim() === ''}>
        {layer ? 'Correct' : 'Draw'}
      </button>
      <p class="edit-hint">What is saved goes into the folder of the run. What is there now stays.</p>
    </div>
  );
}

function OtherSlide({ one }: { readonly one: Session }) {
  const { id } = one.facts;
  return (
    <div class="edit">
      <p class="edit-hint">
        {one.target.value.title} of <a href={`#/slide/${encodeURIComponent(id)}`}>{id}</a> is open to be drawn on.
      </p>
      <CloseButton one={one} />
    </div>
  );
}

function Editor({ one }: { readonly one: Session }) {
  useEffect(() => addShortcuts(listShortcuts(one, openSaveDialog)), [one]);
  useSignalEffect(() => {
    if (one.selection.value?.vertex && one.tool.value === 'select') return addShortcuts(listVertexShortcuts(one));
  });
  const top = useRef<HTMLDivElement>(null);
  useEffect(() => {
    top.current?.closest('details')?.scrollIntoView({ block: 'start' });
    focusSlide();
  }, [one]);
  const { past, future } = one.history.value;
  const drafted = one.draft.value.length > 0;
  return (
    <div class="edit" ref={top}>
      <h3>{one.target.value.title}</h3>
      <ToolButtons one={one} />
      <ClassPicker one={one} />
      <div class="edit-row">
        <button type="button" onClick={() => stepBack(one)} disabled={past.length === 0 && !drafted} title="Control+Z">
          Undo
        </button>
        <button type="button" onClick={() => stepForward(one)} disabled={future.length === 0} title="Control+Y">
          Redo
        </button>
        <button type="button" onClick={() => removeSelected(one)} disabled={!one.selection.value} title="Delete">
          Delete
        </button>
        <SimplifyButton one={one} />
      </div>
      <ShapeList one={one} />
      <div class="edit-row">
        <CloseButton one={one} />
        <button type="button" class="primary" onClick={openSaveDialog} disabled={!one.changed.value} title="Control+S">
          Save …
        </button>
      </div>
      <SaveDialog one={one} />
    </div>
  );
}

/** Outlines of masks have a corner at every pixel: nobody can move them one by one. */
function SimplifyButton({ one }: { readonly one: Session }) {
  const simplify = () => {
    const scale = activePane.peek()?.sight.peek().scale;
    if (scale !== undefined) simplifySelected(one, SIMPLIFY / scale);
  };
  return (
    <button
      type="button"
      onClick={simplify}
      disabled={!one.selection.value}
      title={`Fewer corners: the outline moves by at most ${SIMPLIFY} pixels of the screen`}
    >
      Simplify
    </button>
  );
}

/** The button that had the focus goes: keys are for the slide now. */
function focusSlide(): void {
  activePane.peek()?.viewer.canvas.focus();
}

function CloseButton({ one }: { readonly one: Session }) {
  const close = () => {
    if (one.changed.peek() && !confirm('Close the drawing? What was not saved is lost.')) return;
    closeSession();
    focusSlide();
  };
  return (
    <button type="button" onClick={close}>
      Close
    </button>
  );
}
