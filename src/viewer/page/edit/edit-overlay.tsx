import { effect, useSignalEffect } from '@preact/signals';
import { useEffect, useRef } from 'preact/hooks';
import type { Pane } from '../pane/pane.ts';
import { paintDraft, paintDrawing } from './paint-drawing.ts';
import { startPointerTools } from './pointer-tools.ts';
import { type Session, session } from './session.ts';

const TOOL = 'edit';

/** The drawing in work, over each pane of its slide. */
export function EditOverlay({ pane }: { readonly pane: Pane }) {
  const one = session.value;
  return one?.facts.id === pane.facts.id ? <DrawingCanvas key={one} pane={pane} one={one} /> : null;
}

function DrawingCanvas({ pane, one }: { readonly pane: Pane; readonly one: Session }) {
  const drawing = useRef<HTMLCanvasElement>(null);
  const draft = useRef<HTMLCanvasElement>(null);
  useEffect(() => {
    // Taken again when another tool has done its work.
    const release = effect(() => {
      pane.tool.value ??= TOOL;
    });
    const stop = startPointerTools(pane, one);
    return () => {
      stop();
      release();
      if (pane.tool.peek() === TOOL) pane.tool.value = null;
    };
  }, [pane, one]);
  useSignalEffect(() => {
    if (drawing.current) paintDrawing(drawing.current, pane, one);
  });
  useSignalEffect(() => {
    if (draft.current) paintDraft(draft.current, pane, one);
  });
  return (
    <div class="edit-canvas">
      <canvas ref={drawing} />
      <canvas ref={draft} />
    </div>
  );
}
