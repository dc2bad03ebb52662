import { PARTS } from '../parts.ts';
import { slideId } from '../state/location.ts';
import { pageFacts } from '../state/page-state.ts';
import { copyLink } from './copy-link.ts';
import { openHelp } from './help-dialog.tsx';
import { BrandMark, KeyboardIcon, LinkIcon, PanelIcon } from './icons.tsx';
import { MagnificationBar } from './magnification-bar.tsx';
import { panelShown, togglePanel } from './panel-state.ts';
import { ThemeSwitch } from './theme-switch.tsx';

/** What is above everything: where one is, tools, and how the page looks. */
export function Header() {
  const slide = slideId.value;
  return (
    <header class="bar">
      <nav class="bar-place" aria-label="Where you are">
        <a href="#/" class="brand" title="All slides">
          <BrandMark />
          {pageFacts.value?.title ?? 'slideloom'}
        </a>
        {slide === null ? (
          <h1 class="visually-hidden">Slides</h1>
        ) : (
          <>
            <span class="quiet" aria-hidden="true">
              /
            </span>
            <h1 title={slide}>{slide}</h1>
          </>
        )}
      </nav>
      {slide !== null && <MagnificationBar />}
      <div class="bar-tools">
        {slide !== null && PARTS.map(({ name, toolbar: Toolbar }) => Toolbar && <Toolbar key={name} />)}
        {slide !== null && (
          <button
            type="button"
            class="icon"
            aria-label="Copy the link"
            title="Copy a link to what is seen (y)"
            onClick={copyLink}
          >
            <LinkIcon />
          </button>
        )}
        {slide !== null && <span class="bar-gap" />}
        <ThemeSwitch />
        <button type="button" class="icon" aria-label="Keys" title="Keys (?)" onClick={openHelp}>
          <KeyboardIcon />
        </button>
        {slide !== null && (
          <button
            type="button"
            class="icon"
            aria-label="Panel"
            aria-pressed={panelShown.value}
            title="Layers and facts (b)"
            onClick={togglePanel}
          >
            <PanelIcon />
          </button>
        )}
      </div>
    </header>
  );
}
