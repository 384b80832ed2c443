import type { ToolResult } from '../providers/call.ts';

/** Tools that look something up in a body of text, by the words that their names are made of. */
const RETRIEVER =
  /retriev|knowledge|vector|semantic|\brag\b|_rag|rag_|memor(y|ies)|embedding|similarit|(search|query|find|lookup|get|fetch)_?(the_?)?(docs?|documents?|passages?|kb|articles?|chunks?)\b|(docs?|documents?|kb)_?search|file_?search/i;
const BLOCKS = /search_result|document/i;

/** Whether a tool's result is retrieved context rather than a fact of the world. */
export function isRetrieval(call: string, { content }: ToolResult): boolean {
  return (
    RETRIEVER.test(call.split('(', 1)[0]!) ||
    content.some(part => part.type === 'other' && BLOCKS.test(part.kind))
  );
}

/** How much of the retrieved text both have: shared chunks of all chunks. */
export function sharedChunks(good: string, bad: string): string {
  const [left, right] = [good, bad].map(
    text =>
      new Set(
        text
          .split(/\n\s*\n|\n/)
          .map(one => one.trim())
          .filter(Boolean),
      ),
  );
  const shared = [...left!].filter(chunk => right!.has(chunk)).length;
  return `${shared} of ${left!.size + right!.size - shared} lines are in both.`;
}
