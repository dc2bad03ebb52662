import { CameraIcon } from '../frame/icons.tsx';
import type { PagePart } from '../part.ts';
import { activePane } from '../state/page-state.ts';
import { PictureDialog } from './picture-dialog.tsx';
import { attachKeys, TOOL, toggleTool } from './picture-state.ts';
import { PictureTool } from './picture-tool.tsx';

/** Pictures of a region as PNG. */
export const picturePart: PagePart = {
  name: 'picture',
  toolbar: () => (
    <button
      type="button"
      class="icon"
      title="Picture of a region (s)"
      aria-label="Picture of a region"
      aria-pressed={activePane.value?.tool.value === TOOL}
      onClick={toggleTool}
    >
      <CameraIcon />
    </button>
  ),
  attach: attachKeys,
  overlay: PictureTool,
  stage: PictureDialog,
  shortcuts: [{ keys: ['s'], group: 'Picture', label: 'Picture of a region', run: toggleTool }],
};
