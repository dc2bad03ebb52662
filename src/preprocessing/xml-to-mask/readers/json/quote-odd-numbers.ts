const WORDS = ['NaN', 'Infinity', '-Infinity'] as const;

/**
 * JSON has no NaN and no Infinity, but programs write them (QuPath as measurements): here they become texts, which no reader
 * takes for a coordinate.
 * @returns undefined where there are none
 */
export function quoteOddNumbers(text: string): string | undefined {
  const pieces: string[] = [];
  let from = 0;
  for (let at = 0; at < text.length; ) {
    const letter = text[at];
    if (letter === '"') {
      at = skipString(text, at);
      continue;
    }
    const word =
      letter === 'N' || letter === 'I' || letter === '-' ? WORDS.find((one) => text.startsWith(one, at)) : undefined;
    if (word === undefined) {
      at++;
      continue;
    }
    pieces.push(text.slice(from, at), `"${word}"`);
    at += word.length;
    from = at;
  }
  return pieces.length === 0 ? undefined : pieces.join('') + text.slice(from);
}

/** Behind the text in quotes that begins at `at`. */
function skipString(text: string, at: number): number {
  for (let end = at + 1; end < text.length; end++) {
    if (text[end] === '\\') end++;
    else if (text[end] === '"') return end + 1;
  }
  return text.length;
}
