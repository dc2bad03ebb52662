import { useSignalEffect } from '@preact/signals';
import { useRef } from 'preact/hooks';
import { firstPane, secondPane } from '../state/page-state.ts';
import { heldLink, layout, moveCurtain, split } from './compare-state.ts';
import { linkPanes } from './link-panes.ts';
import { LinkTools } from './link-tools.tsx';

/** Holds both panes together, and has the curtain between them. */
export function CompareStage() {
  useSignalEffect(linkOpenPanes);
  if (layout.value === 'single') return null;
  return (
    <>
      {layout.value === 'curtain' && <Curtain />}
      <LinkTools />
    </>
  );
}

function linkOpenPanes(): (() => void) | undefined {
  const [first, second] = [firstPane.value, secondPane.value];
  return first && second ? linkPanes(first, second, heldLink) : undefined;
}

function Curtain() {
  const handle = useRef<HTMLInputElement>(null);
  useSignalEffect(() => handle.current?.parentElement?.style.setProperty('--split', String(split.value)));
  return (
    <input
      ref={handle}
      class="curtain"
      type="range"
      min="0"
      max="1"
      step="0.001"
      value={split.value}
      aria-label="Curtain: how far the first slide reaches"
      aria-valuetext={`${Math.round(split.value * 100)} %`}
      onInput={({ currentTarget }) => moveCurtain(currentTarget.valueAsNumber)}
      onKeyDown={(event) => {
        const step = { ArrowLeft: -0.02, ArrowRight: 0.02 }[event.key];
        if (step === undefined) return;
        event.preventDefault();
        moveCurtain(split.peek() + step);
      }}
    />
  );
}
