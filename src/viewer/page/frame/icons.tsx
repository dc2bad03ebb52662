import type { ComponentChildren } from 'preact';

/** Drawn with lines in the colour of the text, 16 pixels; what they mean is said by the control that holds them. */
function Icon({ children }: { readonly children: ComponentChildren }) {
  return (
    <svg class="icon-lines" viewBox="0 0 16 16" width="16" height="16" aria-hidden="true">
      {children}
    </svg>
  );
}

/** A weave in the colours of the commonest stains. */
export function BrandMark() {
  return (
    <svg class="brand-mark" viewBox="0 0 16 16" width="16" height="16" aria-hidden="true">
      <path class="warp" d="M4.5 2.5v11M11.5 2.5v11" />
      <path class="weft" d="M2.5 5.5h4M9.5 5.5h4M2.5 11h11" />
    </svg>
  );
}

export function CameraIcon() {
  return (
    <Icon>
      <path d="M2 5.5a1 1 0 0 1 1-1h2l1-1.75h4L11 4.5h2a1 1 0 0 1 1 1v6.75a1 1 0 0 1-1 1H3a1 1 0 0 1-1-1z" />
      <circle cx="8" cy="8.6" r="2.4" />
    </Icon>
  );
}

export function LinkIcon() {
  return (
    <Icon>
      <path d="M6.7 9.3a2.6 2.6 0 0 0 3.7 0l2.3-2.3A2.6 2.6 0 0 0 9 3.3l-.8.8M9.3 6.7a2.6 2.6 0 0 0-3.7 0L3.3 9A2.6 2.6 0 0 0 7 12.7l.8-.8" />
    </Icon>
  );
}

export function KeyboardIcon() {
  return (
    <Icon>
      <rect x="1.5" y="3.75" width="13" height="8.5" rx="1.25" />
      <path d="M4 6.6h.01M6.67 6.6h.01M9.33 6.6h.01M12 6.6h.01M5 9.5h6" />
    </Icon>
  );
}

export function PanelIcon() {
  return (
    <Icon>
      <rect x="1.75" y="2.75" width="12.5" height="10.5" rx="1.25" />
      <path d="M10 2.75v10.5" />
    </Icon>
  );
}

export function SunIcon() {
  return (
    <Icon>
      <circle cx="8" cy="8" r="2.8" />
      <path d="M8 1.5v1.4M8 13.1v1.4M1.5 8h1.4M13.1 8h1.4M3.4 3.4l1 1M11.6 11.6l1 1M3.4 12.6l1-1M11.6 4.4l1-1" />
    </Icon>
  );
}

export function MoonIcon() {
  return (
    <Icon>
      <path d="M13.2 9.7A5.6 5.6 0 0 1 6.3 2.8a5.6 5.6 0 1 0 6.9 6.9z" />
    </Icon>
  );
}

export function SystemIcon() {
  return (
    <Icon>
      <circle cx="8" cy="8" r="5.75" />
      <path class="filled" d="M8 2.25a5.75 5.75 0 0 1 0 11.5z" />
    </Icon>
  );
}

export function CloseIcon() {
  return (
    <Icon>
      <path d="m4 4 8 8M12 4l-8 8" />
    </Icon>
  );
}
