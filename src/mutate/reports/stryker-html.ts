import type { StrykerReport } from './stryker.ts';

/**
 * One HTML file that shows a report anywhere, from `file://` too: Stryker's own element with its script inside. `element`: the
 * text of `mutation-test-elements.js` of the package mutation-testing-elements (Apache-2.0).
 */
export function strykerHtml(report: StrykerReport, element: string, title: string): string {
  return `<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; script-src 'unsafe-inline'; style-src 'unsafe-inline'; img-src data:; font-src data:">
<title>${html(title)}</title>
<style>body { margin: 0 }</style>
<!-- mutation-testing-elements, https://github.com/stryker-mutator/mutation-testing-elements, Apache License 2.0 -->
<script>${element.replaceAll('</script', '<\\/script').replaceAll('<!--', '<\\!--')}</script>
</head>
<body>
<mutation-test-report-app title-postfix="${html(title)}">This report needs JavaScript.</mutation-test-report-app>
<script>document.querySelector('mutation-test-report-app').report = ${inScript(report)};</script>
</body>
</html>
`;
}

/** JSON that no HTML parser can mistake for the script's end: recorded text is hostile. */
const inScript = (value: unknown): string =>
  JSON.stringify(value)
    .replaceAll('<', '\\u003c')
    .replaceAll('\u2028', '\\u2028')
    .replaceAll('\u2029', '\\u2029');

const html = (text: string): string =>
  text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;');
