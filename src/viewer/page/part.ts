import type { ComponentChildren } from 'preact';
import type { Pane } from './pane/pane.ts';
import type { Shortcut } from './state/shortcuts.ts';

/**
 * A part of the page that plugs into the frame: layers, compare, edit. `parts.ts` lists them; the frame knows nothing more of them.
 */
export interface PagePart {
  readonly name: string;
  /** For each pane, as soon as its slide is known. @returns what undoes it when the pane closes. */
  readonly attach?: (pane: Pane) => () => void;
  /** Sections of the panel at the side, in the order of parts. */
  readonly panels?: readonly PanelSection[];
  /** Buttons in the bar above the slide. */
  readonly toolbar?: () => ComponentChildren;
  /** What lies over a pane, in its own coordinates: handles, cards. The pane's canvas gets the events that it lets through. */
  readonly overlay?: (props: { readonly pane: Pane }) => ComponentChildren;
  /** What lies over all panes together. */
  readonly stage?: () => ComponentChildren;
  /** Keys while a slide is shown. */
  readonly shortcuts?: readonly Shortcut[];
}

export interface PanelSection {
  readonly name: string;
  readonly title: string;
  /** Null or false where there is nothing to show of this slide: then the section is left out. */
  readonly content: (props: { readonly pane: Pane }) => ComponentChildren;
  /** Closed until it is asked for. */
  readonly closed?: boolean;
}
