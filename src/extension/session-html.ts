/** What the page needs of the webview that it stands in. */
export interface PageParts {
  readonly script: string;
  readonly style: string;
  /** The webview's own origin, as the policy names it. */
  readonly cspSource: string;
  /** Of this one page: base64. */
  readonly nonce: string;
}

/**
 * The frame of the session page: an empty body and one script. The policy lets nothing else run or load; styles come from our
 * own file, and from what the script sets on elements, which no policy forbids. The toolkit tries a style of its own out: it
 * looks for the nonce in the element `csp-nonce`.
 */
export function sessionHtml({ script, style, cspSource, nonce }: PageParts): string {
  const policy = [
    "default-src 'none'",
    `script-src 'nonce-${nonce}'`,
    `style-src ${cspSource} 'nonce-${nonce}'`,
    `font-src ${cspSource}`,
    `img-src ${cspSource}`,
    "form-action 'none'",
    "base-uri 'none'",
  ].join('; ');
  return `<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${policy}">
<meta property="csp-nonce" content="${nonce}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Rewind</title>
<link rel="stylesheet" href="${style}">
</head>
<body>
<script nonce="${nonce}" src="${script}"></script>
</body>
</html>`;
}
