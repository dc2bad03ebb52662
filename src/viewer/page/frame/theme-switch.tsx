import type { VNode } from 'preact';
import { THEMES, type Theme, theme } from '../state/theme.ts';
import { MoonIcon, SunIcon, SystemIcon } from './icons.tsx';

const LOOKS: Readonly<Record<Theme, { readonly icon: () => VNode; readonly text: string }>> = {
  system: { icon: SystemIcon, text: 'as the system' },
  light: { icon: SunIcon, text: 'light' },
  dark: { icon: MoonIcon, text: 'dark' },
};

/** From one to the next: as the system, light, dark. */
export function ThemeSwitch() {
  const { icon: Icon, text } = LOOKS[theme.value];
  const label = `Colours of the page: ${text}`;
  return (
    <button type="button" class="icon" aria-label={label} title={label} onClick={showNext}>
      <Icon />
    </button>
  );
}

function showNext(): void {
  theme.value = THEMES[(THEMES.indexOf(theme.peek()) + 1) % THEMES.length] ?? 'system';
}
