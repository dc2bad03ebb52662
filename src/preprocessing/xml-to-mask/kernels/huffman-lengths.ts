/** Longest code of deflate. */
const MOST_BITS = 15;

/**
 * Lengths of the codes of a Huffman code for symbols that occur `counts` times, at most 15 bits (RFC 1951); 0 for those that
 * do not occur. `counts` is worked on where codes would be longer.
 */
export function computeCodeLengths(counts: Uint32Array, lengths: Uint8Array): void {
  while (assignLengths(counts, lengths) > MOST_BITS) {
    // Flatter counts give shorter codes: the few bits that it costs are of no account.
    for (let i = 0; i < counts.length; i++) if (counts[i]! > 0) counts[i] = (counts[i]! >>> 2) + 1;
  }
}

/** @returns the longest */
function assignLengths(counts: Uint32Array, lengths: Uint8Array): number {
  lengths.fill(0);
  const used: number[] = [];
  for (let i = 0; i < counts.length; i++) if (counts[i]! > 0) used.push(i);
  used.sort((a, b) => counts[a]! - counts[b]! || a - b);
  const leaves = used.length;
  if (leaves < 2) {
    if (leaves === 1) lengths[used[0]!] = 1;
    return 1;
  }
  // Leaves by their weight, then the nodes that are made of two: these come by weight as well.
  const weight = new Float64Array(2 * leaves - 1);
  const parent = new Int32Array(2 * leaves - 1);
  used.forEach((symbol, i) => {
    weight[i] = counts[symbol]!;
  });
  let leaf = 0;
  let inner = leaves;
  for (let node = leaves; node < weight.length; node++) {
    let sum = 0;
    for (let k = 0; k < 2; k++) {
      const child = leaf < leaves && (inner >= node || weight[leaf]! <= weight[inner]!) ? leaf++ : inner++;
      sum += weight[child]!;
      parent[child] = node;
    }
    weight[node] = sum;
  }
  const depth = new Uint8Array(weight.length);
  let longest = 0;
  for (let node = weight.length - 2; node >= 0; node--) {
    depth[node] = depth[parent[node]!]! + 1;
    if (node >= leaves) continue;
    lengths[used[node]!] = depth[node]!;
    longest = Math.max(longest, depth[node]!);
  }
  return longest;
}

/** The codes by RFC 1951, 3.2.2, with their first bit lowest, as deflate writes them. */
export function assignCodes(lengths: Uint8Array, codes: Uint16Array): void {
  const next = new Uint16Array(MOST_BITS + 2);
  for (const length of lengths) if (length > 0) next[length + 1]!++;
  for (let bits = 1, code = 0; bits <= MOST_BITS; bits++) {
    code = (code + next[bits]!) << 1;
    next[bits] = code;
  }
  for (let symbol = 0; symbol < lengths.length; symbol++) {
    const length = lengths[symbol]!;
    if (length > 0) codes[symbol] = reverseBits(next[length]!++, length);
  }
}

function reverseBits(code: number, length: number): number {
  let reversed = 0;
  for (let bit = 0; bit < length; bit++) reversed |= ((code >> bit) & 1) << (length - 1 - bit);
  return reversed;
}
