import { useSignal } from '@preact/signals';
import { useEffect, useRef } from 'preact/hooks';
import type { SlideFacts } from '../../contract.ts';
import { addVersion, getSlideAddress } from '../data/addresses.ts';

/** Label, macro and whatever else the file holds: small, and large when chosen. */
export function AssociatedImages({ facts }: { readonly facts: SlideFacts }) {
  const { id, version, associated } = facts;
  const chosen = useSignal<string | null>(null);
  if (associated.length === 0) return null;
  const locate = (name: string) =>
    addVersion(getSlideAddress(id, `associated/${encodeURIComponent(name)}.jpg`), version);
  return (
    <div class="associated">
      {associated.map((name) => (
        <button
          key={name}
          type="button"
          title={`Show the ${name} larger`}
          onClick={() => {
            chosen.value = name;
          }}
        >
          <img loading="lazy" src={locate(name)} alt="" />
          <span>{name}</span>
        </button>
      ))}
      {chosen.value !== null && (
        <ImageDialog
          title={chosen.value}
          address={locate(chosen.value)}
          onClose={() => {
            chosen.value = null;
          }}
        />
      )}
    </div>
  );
}

function ImageDialog({ title, address, onClose }: { title: string; address: string; onClose: () => void }) {
  const dialog = useRef<HTMLDialogElement>(null);
  useEffect(() => dialog.current?.showModal(), []);
  return (
    <dialog ref={dialog} class="image-dialog" aria-label={title} onClose={onClose}>
      <img src={`${address}&size=2048`} alt={title} />
      <form method="dialog">
        <span>{title}</span>
        <button type="submit">Close</button>
      </form>
    </dialog>
  );
}
