/** What Cloudflare, before OpenAI, Anthropic and others, sends where the host behind it fails. */
export function edgePage(status: number, words: string): string {
  const title = `${status} ${words}`;
  return [
    '<html>',
    `<head><title>${title}</title></head>`,
    '<body>',
    `<center><h1>${title}</h1></center>`,
    '<hr><center>cloudflare</center>',
    '</body>',
    '</html>',
    '',
  ].join('\r\n');
}
