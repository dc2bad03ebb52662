import { slideId } from '../state/location.ts';
import { shortcuts } from '../state/shortcuts.ts';
import { CloseIcon } from './icons.tsx';
import { type HelpLine, listHelp } from './list-help.ts';

const ID = 'help';

export function openHelp(): void {
  document.querySelector<HTMLDialogElement>(`#${ID}`)?.showModal();
}

/** All keys, by what they belong to. */
export function HelpDialog() {
  const groups = new Set(shortcuts.value.map(({ group }) => group));
  return (
    <dialog id={ID} class="help" aria-labelledby="help-title">
      <form method="dialog" class="dialog-head">
        <h2 id="help-title">Keys</h2>
        <button type="submit" class="icon" aria-label="Close">
          <CloseIcon />
        </button>
      </form>
      <div class="help-groups">
        {[...groups].map((group) => (
          <section key={group}>
            <h3>{group}</h3>
            <dl>
              {listHelp(shortcuts.value.filter((one) => one.group === group)).map((line) => (
                <HelpRow key={line.label} {...line} />
              ))}
            </dl>
          </section>
        ))}
        {slideId.value !== null && <MouseHelp />}
      </div>
    </dialog>
  );
}

function MouseHelp() {
  return (
    <section>
      <h3>Mouse</h3>
      <dl>
        <div>
          <dt>Drag</dt>
          <dd>Move</dd>
        </div>
        <div>
          <dt>Wheel</dt>
          <dd>Zoom at the pointer</dd>
        </div>
        <div>
          <dt>Click</dt>
          <dd>Choose a patch or a region</dd>
        </div>
        <div>
          <dt>Double click</dt>
          <dd>Zoom in</dd>
        </div>
      </dl>
    </section>
  );
}

/** A line for all shortcuts that are said to do the same. */
function HelpRow({ label, combinations }: HelpLine) {
  return (
    <div>
      <dt>
        {combinations.map((keys) => (
          <span key={keys.join('+')}>
            {keys.map((key) => (
              <kbd key={key}>{NAMES[key] ?? key}</kbd>
            ))}
          </span>
        ))}
      </dt>
      <dd>{label}</dd>
    </div>
  );
}

const NAMES: Readonly<Record<string, string>> = {
  ArrowLeft: '←',
  ArrowRight: '→',
  ArrowUp: '↑',
  ArrowDown: '↓',
  Control: 'Ctrl',
  Escape: 'Esc',
  PageUp: 'PgUp',
  PageDown: 'PgDn',
  ' ': 'Space',
};
