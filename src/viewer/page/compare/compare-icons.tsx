/** As those of the bar: lines in the colour of the text, 16 pixels; the controls that hold them say what they mean. */
export function OneIcon() {
  return (
    <svg class="icon-lines" viewBox="0 0 16 16" width="16" height="16" aria-hidden="true">
      <rect x="1.75" y="2.75" width="12.5" height="10.5" rx="1.25" />
    </svg>
  );
}

export function SideIcon() {
  return (
    <svg class="icon-lines" viewBox="0 0 16 16" width="16" height="16" aria-hidden="true">
      <rect x="1.75" y="2.75" width="5.25" height="10.5" rx="1.25" />
      <rect x="9" y="2.75" width="5.25" height="10.5" rx="1.25" />
    </svg>
  );
}

export function CurtainIcon() {
  return (
    <svg class="icon-lines" viewBox="0 0 16 16" width="16" height="16" aria-hidden="true">
      <rect x="1.75" y="2.75" width="12.5" height="10.5" rx="1.25" />
      <path d="M8 1v14" />
      <path class="filled" d="M8 3h5.25a1 1 0 0 1 1 1v8a1 1 0 0 1-1 1H8z" />
    </svg>
  );
}
