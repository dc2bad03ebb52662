import { type Signal, useSignal } from '@preact/signals';
import { describeError } from '../data/describe-error.ts';
import { FetchError } from '../data/fetch-json.ts';
import { drawingSaved } from '../state/drawing-saved.ts';
import { notify } from '../state/notices.ts';
import { compareDrawings, type DrawingChanges } from './compare-drawings.ts';
import { loadDrawing, saveDrawing } from './drawing-files.ts';
import { formatArea } from './measure-shape.ts';
import { createSession, type Session, session } from './session.ts';
import { listProblems } from './shape-list.tsx';

const ID = 'edit-save';

/** What stands in the way of saving: text for people, and whether somebody else was faster. */
interface Obstacle {
  readonly text: string;
  readonly conflict: boolean;
}

export function openSaveDialog(): void {
  if (session.peek()?.changed.peek()) document.querySelector<HTMLDialogElement>(`#${ID}`)?.showModal();
}

/** Says what saving changes, and asks. */
export function SaveDialog({ one }: { readonly one: Session }) {
  const obstacle = useSignal<Obstacle | null>(null);
  const busy = useSignal(false);
  const { present } = one.history.value;
  const { name, title, etag } = one.target.value;
  const flawed = present.shapes.map((shape) => listProblems(one, shape)).filter((list) => list.length > 0);
  const fatal = flawed.some((list) => list.some((problem) => problem.fatal));
  const close = () => {
    obstacle.value = null;
    document.querySelector<HTMLDialogElement>(`#${ID}`)?.close();
  };
  const save = async (event: Event) => {
    event.preventDefault();
    busy.value = true;
    if (await trySave(one, obstacle)) close();
    busy.value = false;
  };
  return (
    <dialog id={ID} class="edit-save" aria-labelledby="edit-save-title" onClose={() => (obstacle.value = null)}>
      <form onSubmit={save}>
        <h2 id="edit-save-title">Save {title}?</h2>
        <Changes changes={compareDrawings(one.base.value, present)} one={one} />
        <p>
          Into <code>annotations/{name}.geojson</code> in the slide’s folder of the run.{' '}
          {etag === null ? 'What the run found stays as it is.' : 'The version that is there now is kept beside it.'}
        </p>
        {flawed.length > 0 && (
          <p class="edit-warning">
            ⚠ {flawed.length === 1 ? 'One polygon has' : `${flawed.length} polygons have`} a fault:{' '}
            {flawed[0]?.[0]?.text}
            {fatal && ' It has to be mended or deleted first.'}
          </p>
        )}
        {obstacle.value && (
          <p class="edit-warning" role="alert">
            {obstacle.value.text}
          </p>
        )}
        <div class="edit-buttons">
          <button type="button" onClick={close}>
            Cancel
          </button>
          {obstacle.value?.conflict && (
            <button type="button" onClick={() => void takeTheirs(one).then(close)}>
              Open theirs
            </button>
          )}
          <button type="submit" class="primary" disabled={busy.value || fatal}>
            {obstacle.value?.conflict ? 'Save mine as the newest' : 'Save'}
          </button>
        </div>
      </form>
    </dialog>
  );
}

function Changes({ changes, one }: { readonly changes: DrawingChanges; readonly one: Session }) {
  const { mpp } = one.facts;
  const { added, removed, changed, before, after, classes } = changes;
  const rows = classes.length > 1 ? [...classes, { name: 'All', before, after }] : classes;
  const counts = [`${added} added`, `${changed} changed`, `${removed} deleted`].filter(
    (text) => !text.startsWith('0 '),
  );
  return (
    <>
      <p>Polygons: {counts.join(', ')}.</p>
      <table>
        <thead>
          <tr>
            <th scope="col">Area</th>
            <th scope="col">before</th>
            <th scope="col">after</th>
            <th scope="col">change</th>
          </tr>
        </thead>
        <tbody>
          {rows.map((row) => (
            <tr key={row.name}>
              <th scope="row">{row.name}</th>
              <td>{formatArea(row.before, mpp)}</td>
              <td>{formatArea(row.after, mpp)}</td>
              <td>{formatChange(row.before, row.after)}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </>
  );
}

function formatChange(before: number, after: number): string {
  if (before === 0) return after === 0 ? '–' : 'new';
  const percent = (100 * (after - before)) / before;
  return `${percent > 0 ? '+' : ''}${percent.toFixed(1)} %`;
}

/** Whether it is saved; if not, `obstacle` says why. Where somebody else was faster, the next try replaces theirs, which is kept. */
async function trySave(one: Session, obstacle: Signal<Obstacle | null>): Promise<boolean> {
  const target = one.target.peek();
  const saved = one.history.peek().present;
  try {
    const etag = await saveDrawing(target, saved);
    one.target.value = { ...target, etag };
    one.base.value = saved;
    drawingSaved.value += 1;
    notify('info', `Saved: annotations/${target.name}.geojson`, 'drawing');
    return true;
  } catch (error) {
    const conflict = error instanceof FetchError && error.status === 412;
    const text = describeError(error);
    if (conflict) one.target.value = { ...target, etag: (await loadDrawing(target.slide, target.name))?.etag ?? null };
    obstacle.value = {
      conflict,
      text: conflict
        ? 'Somebody else has saved this drawing meanwhile. Yours can become the newest; theirs is then kept as an earlier version.'
        : `It is not saved: ${text}`,
    };
    return false;
  }
}

/** What the other one saved, in place of what is drawn here. */
async function takeTheirs(one: Session): Promise<void> {
  const target = one.target.peek();
  const stored = await loadDrawing(target.slide, target.name);
  if (!stored) return;
  const kinds = one.kinds.peek();
  const [first = one.kind.peek(), ...others] = kinds;
  session.value = createSession(one.facts, {
    target: { ...target, etag: stored.etag, left: stored.left },
    base: stored.drawing,
    kinds: [first, ...others],
  });
}
