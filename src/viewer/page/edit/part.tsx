import type { PagePart } from '../part.ts';
import { pageFacts } from '../state/page-state.ts';
import { EditOverlay } from './edit-overlay.tsx';
import { EditPanel } from './edit-panel.tsx';
import { guardLeaving } from './guard-leaving.ts';

guardLeaving();

/** Drawing, where the server lets it be saved; else nothing of it is there. */
export const editPart: PagePart = {
  name: 'edit',
  get panels() {
    return pageFacts.value?.editable ? [{ name: 'edit', title: 'Draw', content: EditPanel }] : [];
  },
  overlay: EditOverlay,
};
