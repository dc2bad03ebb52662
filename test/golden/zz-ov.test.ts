import { it } from 'vitest';
import { writeFileSync } from 'node:fs';
import { openSlide } from '../../src/preprocessing/load-wsi.ts';
import { detectTissue } from '../../src/preprocessing/tissue-detection.ts';
import { renderTissueOverlay } from '../../src/preprocessing/tissue-detection/render-tissue-overlay.ts';
const S: Record<string,[string,any]> = { cmu:['/work/shared/data/wsi/CMU-1-Small-Region.svs',{}], combo:['/work/shared/golden/inputs/slide_combo.tif',{mpp:0.5}] };
const M: Record<string, any> = { def:{},otsu:{method:'otsu'}, he:{method:'hsv'}, ihc:{method:'hsv',hsvPreset:'ihc-dab'}, clam:{method:'clam',level:'clam',clam:{minTissueArea:1,minHoleArea:1}}, trident:{method:'trident'}, inter:{method:'combine'} };
it('x', async () => {
  for (const [n,[p,o]] of Object.entries(S)) for (const [m,opt] of Object.entries(M)) {
    await using slide = await openSlide(p,o);
    const t=performance.now(); const r = await detectTissue(slide,opt); const t1=performance.now();
    writeFileSync(`/tmp/ov/${n}-${m}.jpg`, await renderTissueOverlay(slide,r,{maxSize: 1400}));
    console.log(n,m,r.status,r.fraction.toFixed(4),r.areaMm2?.toFixed(3),r.polygons.length,r.polygons.map(x=>x.holes.length).join(','),r.level,r.mask.width,r.mask.height,r.threshold,Math.round(t1-t),Math.round(performance.now()-t1));
  }
});
