import { canHideLabels } from '../layers/pictures/picture-source.ts';
import type { LayerView, PictureView } from '../layers/state/layer-view.ts';
import { ClassList } from './class-list.tsx';
import { ColorBar } from './color-bar.tsx';
import { formatNumber } from './format-number.ts';

/** What the colours of a heatmap or mask mean; classes of a mask can be switched off. */
export function PictureLegend({
  view,
  change,
}: {
  readonly view: PictureView;
  readonly change: (view: LayerView) => void;
}) {
  const { legend, labels } = view.facts;
  const ends = legend?.range;
  return (
    <>
      {legend && (
        <figure class="legend">
          <figcaption>{legend.title}</figcaption>
          <ColorBar
            colors={legend.colors}
            ends={ends ? [formatNumber(ends[0]), formatNumber(ends[1])] : ['lowest rank', 'highest rank']}
          />
        </figure>
      )}
      {labels.length > 0 && (
        <ClassList
          title={`Classes of ${view.facts.title}`}
          classes={labels.map(({ value, ...label }) => ({ ...label, key: value }))}
          hidden={view.hidden}
          change={canHideLabels(view.facts) ? (hidden) => change({ ...view, hidden }) : null}
        />
      )}
    </>
  );
}
