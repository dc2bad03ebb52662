import { chooseTool, type Session, TOOLS, type Tool } from './session.ts';

const LABELS: Readonly<Record<Tool, { readonly label: string; readonly key: string; readonly hint: string }>> = {
  select: {
    label: 'Select',
    key: 'V',
    hint: 'Click a polygon. Drag its corners, or drag its edge to add one. Keys: N next polygon, . next corner, arrows move it.',
  },
  polygon: {
    label: 'Polygon',
    key: 'P',
    hint: 'Click corner by corner; a double click or Enter closes it. Keys: arrows move the slide, A sets a corner in the middle.',
  },
  freehand: { label: 'Freehand', key: 'F', hint: 'Draw the outline with the button held down.' },
  hole: {
    label: 'Hole',
    key: 'H',
    hint: 'Inside a polygon draw with the button held down, or click corners; a double click or Enter closes them.',
  },
};

export function ToolButtons({ one }: { readonly one: Session }) {
  return (
    <>
      <fieldset class="segments" aria-label="Tool">
        {TOOLS.map((tool) => (
          <button
            key={tool}
            type="button"
            aria-pressed={one.tool.value === tool}
            title={`${LABELS[tool].hint} (${LABELS[tool].key})`}
            onClick={() => chooseTool(one, tool)}
          >
            {LABELS[tool].label}
          </button>
        ))}
      </fieldset>
      <p class="edit-hint">{LABELS[one.tool.value].hint}</p>
    </>
  );
}
