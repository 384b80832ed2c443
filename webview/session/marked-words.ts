const MOST = 2000;

/** Marks words wherever they stand in an element, without touching it: the theme's colour comes from `::highlight(found)`. */
export function markWords(root: HTMLElement, words: readonly string[]): void {
  CSS.highlights.delete('found');
  if (words.length === 0) return;
  const ranges: Range[] = [];
  const walker = document.createTreeWalker(root, NodeFilter.SHOW_TEXT);
  for (let node = walker.nextNode(); node && ranges.length < MOST; node = walker.nextNode()) {
    const text = node.textContent!.toLowerCase();
    for (const word of words) {
      for (
        let at = text.indexOf(word);
        at !== -1 && ranges.length < MOST;
        at = text.indexOf(word, at + word.length)
      ) {
        // A few characters are longer in lower case.
        if (at + word.length > node.textContent!.length) break;
        const range = new Range();
        range.setStart(node, at);
        range.setEnd(node, at + word.length);
        ranges.push(range);
      }
    }
  }
  CSS.highlights.set('found', new Highlight(...ranges));
}
