import type { LayerView, PolygonView } from '../layers/state/layer-view.ts';
import { ClassList } from './class-list.tsx';
import { Switch } from './switch.tsx';

/** How polygons are drawn, and of which classes. */
export function PolygonControls({
  view,
  change,
}: {
  readonly view: PolygonView;
  readonly change: (view: LayerView) => void;
}) {
  const { facts, fill, outline, hidden } = view;
  return (
    <>
      <fieldset class="switches" aria-label={`How ${facts.title} are drawn`}>
        <Switch label="Filled" checked={fill} change={(checked) => change({ ...view, fill: checked })} />
        <Switch label="Outlines" checked={outline} change={(checked) => change({ ...view, outline: checked })} />
      </fieldset>
      <ClassList
        title={`Classes of ${facts.title}`}
        classes={facts.classes.map((one, key) => ({ ...one, key }))}
        hidden={hidden}
        change={(next) => change({ ...view, hidden: next })}
      />
    </>
  );
}
