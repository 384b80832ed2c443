/** One event of a server-sent event stream without a name, as OpenAI and Gemini send them. */
export function dataEvent(data: string, lineEnd = '\n'): string {
  return `data: ${data}${lineEnd}${lineEnd}`;
}

export function namedEvent(name: string, data: string): string {
  return `event: ${name}\ndata: ${data}\n\n`;
}
