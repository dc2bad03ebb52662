/**
 * Lengths of a prefix code of which no word is longer than a limit: Huffman's algorithm on sorted weights in place (Moffat
 * and Katajainen 1995), then, where words are too long, as many of each length as fit again. On filtered tissue that is
 * as good as package-merge to four digits, for a seventh of its time.
 */

/** More symbols than deflate has. */
const MAX_SYMBOLS = 288;
/** Deeper trees would need more symbols than weights of 32 bits allow. */
const MAX_DEPTH = 64;

// One code is made at a time, and nothing survives a call.
const keys = new Float64Array(MAX_SYMBOLS);
/** Weights, then parents, then depths, as the algorithm goes on. */
const nodes = new Float64Array(MAX_SYMBOLS);
const perLength = new Uint32Array(MAX_DEPTH);

/**
 * Fills `lengths` with the bits of each symbol's word, 0 for one that does not occur. A symbol alone gets 1 bit.
 * `counts` are whole numbers, at most 288 of them; 2^limit must not be below the number of symbols that occur.
 */
export function computeCodeLengths(counts: Uint32Array, lengths: Uint8Array, limit: number): void {
  lengths.fill(0);
  let symbols = 0;
  for (let i = 0; i < lengths.length; i++) if (counts[i]! > 0) keys[symbols++] = counts[i]! * 512 + i;
  const order = keys.subarray(0, symbols).sort();
  if (symbols === 1) {
    lengths[order[0]! % 512] = 1;
    return;
  }
  setWeights(order, limit);
  joinNodes(symbols);
  countLengths(symbols, limit);
  let at = symbols;
  for (let length = 1; length <= limit; length++)
    for (let n = perLength[length]!; n > 0; n--) lengths[order[--at]! % 512] = length;
}

/** A symbol too rare for a word within the limit weighs as much as one that just is not: few words have to be shortened. */
function setWeights(order: Float64Array, limit: number): void {
  let total = 0;
  for (let i = 0; i < order.length; i++) total += Math.floor(order[i]! / 512);
  const least = total / 2 ** limit;
  for (let i = 0; i < order.length; i++) nodes[i] = Math.max(least, Math.floor(order[i]! / 512));
}

/** Joins the two lightest nodes until one is left; `nodes` then holds the parent of each inner node. */
function joinNodes(symbols: number): void {
  let leaf = 0;
  let root = 0;
  for (let next = 0; next < symbols - 1; next++) {
    let weight = 0;
    for (let k = 0; k < 2; k++) {
      if (leaf >= symbols || (root < next && nodes[root]! < nodes[leaf]!)) {
        weight += nodes[root]!;
        nodes[root++] = next;
      } else weight += nodes[leaf++]!;
    }
    nodes[next] = weight;
  }
}

/** Turns parents into depths and tallies those of the leaves, then makes all of them fit the limit. */
function countLengths(symbols: number, limit: number): void {
  perLength.fill(0);
  nodes[symbols - 2] = 0;
  for (let next = symbols - 3; next >= 0; next--) nodes[next] = nodes[nodes[next]!]! + 1;
  let inner = symbols - 2;
  let places = 1;
  for (let depth = 0; places > 0; depth++) {
    let used = 0;
    for (; inner >= 0 && nodes[inner] === depth; inner--) used++;
    perLength[Math.min(depth, limit)]! += places - used;
    places = 2 * used;
  }
  // In units of the longest word: more than 2^limit of them don't fit. Each step lengthens the longest word that can be.
  let sum = 0;
  for (let length = 1; length <= limit; length++) sum += perLength[length]! * 2 ** (limit - length);
  for (; sum > 2 ** limit; sum--) {
    perLength[limit]!--;
    let length = limit - 1;
    while (perLength[length] === 0) length--;
    perLength[length]!--;
    perLength[length + 1]! += 2;
  }
}
