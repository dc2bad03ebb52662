const QUOTE = 34;
const BACKSLASH = 92;
const OPEN_LIST = 91;
const CLOSE_LIST = 93;
const OPEN_OBJECT = 123;
const CLOSE_OBJECT = 125;

/**
 * How deep lists and objects of a JSON text are nested, and how many there are, without parsing it: eight million brackets that are
 * nested cost a parser seconds and half a gigabyte. Of what is no JSON the numbers mean nothing.
 */
export function measureJson(text: string): { depth: number; nodes: number } {
  let depth = 0;
  let deepest = 0;
  let nodes = 0;
  for (let k = 0; k < text.length; k++) {
    const code = text.charCodeAt(k);
    if (code === QUOTE) {
      for (k++; k < text.length && text.charCodeAt(k) !== QUOTE; k++) if (text.charCodeAt(k) === BACKSLASH) k++;
    } else if (code === OPEN_LIST || code === OPEN_OBJECT) {
      nodes++;
      if (++depth > deepest) deepest = depth;
    } else if (code === CLOSE_LIST || code === CLOSE_OBJECT) depth--;
  }
  return { depth: deepest, nodes };
}
