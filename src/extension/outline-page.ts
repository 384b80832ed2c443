import type { SessionOutline, StepOutline } from './session-outline.ts';

/**
 * An outline as a page for a webview without scripts. Every recorded character is escaped, and the policy allows nothing
 * but this page's own style. The panel of `webview/` takes its place once there is one.
 */
export function outlinePage(outline: SessionOutline, nonce: string): string {
  const { title, facts, warnings, steps } = outline;
  return page(
    nonce,
    title,
    `<header><h1>${escaped(title)}</h1><p class="facts">${facts.map(escaped).join(' · ')}</p></header>
${warnings.map(warning => `<p class="warning" role="note">${escaped(warning)}</p>`).join('\n')}
<main>${steps.map(stepHtml).join('\n')}</main>`,
  );
}

/** What is shown in place of a file that cannot be read. */
export function failurePage(message: string, hint: string, nonce: string): string {
  return page(
    nonce,
    'Rewind',
    `<main role="alert"><h1>This recording cannot be read</h1><p>${escaped(message)}</p><p class="facts">${escaped(hint)}</p></main>`,
  );
}

function page(nonce: string, title: string, body: string): string {
  return `<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'nonce-${nonce}'">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${escaped(title)}</title>
<style nonce="${nonce}">${STYLE}</style>
</head>
<body>
${body}
</body>
</html>`;
}

function stepHtml({ index, kind, title, facts, failed, lane, blocks }: StepOutline): string {
  const meta = [...(lane ? [`lane ${lane}`] : []), ...facts].map(escaped).join(' · ');
  return `<article class="${kind}${failed ? ' failed' : ''}" aria-label="Step ${index}">
<h2><span class="index">${index}</span> ${kind === 'tool' ? '<span class="kind">tool</span> ' : ''}${escaped(title)} <span class="facts">${meta}</span></h2>
${blocks.map(({ label, text }) => `<section><h3>${escaped(label)}</h3>${textHtml(text)}</section>`).join('\n')}
</article>`;
}

/** A long text is folded: its first lines are read at once, the rest on request. */
function textHtml(text: string): string {
  const lines = text.split('\n');
  if (lines.length <= FOLD_LINES && text.length <= FOLD_LENGTH) return `<pre>${escaped(text)}</pre>`;
  const head = lines.slice(0, 3).join('\n').slice(0, 300);
  return `<details><summary><pre>${escaped(head)} …</pre></summary><pre>${escaped(text)}</pre></details>`;
}

const FOLD_LINES = 16;
const FOLD_LENGTH = 2000;

export function escaped(text: string): string {
  return text.replace(/[&<>"']/g, character => `&#${character.charCodeAt(0)};`);
}

const STYLE = `
body { max-width: 60rem; margin: 0 auto; padding: 1rem 1.5rem 4rem; line-height: 1.45; color: var(--vscode-foreground); background: var(--vscode-editor-background); font: var(--vscode-font-size) var(--vscode-font-family); }
h1 { font-size: 1.35rem; font-weight: 600; margin: 0.5rem 0 0.25rem; overflow-wrap: anywhere; }
h2 { font-size: 1rem; font-weight: 600; margin: 0 0 0.5rem; overflow-wrap: anywhere; }
h3 { font-size: 0.85em; font-weight: 600; margin: 0; color: var(--vscode-descriptionForeground); }
.facts, .index, .kind { color: var(--vscode-descriptionForeground); font-weight: normal; }
.index { font-variant-numeric: tabular-nums; margin-right: 0.35rem; }
.facts { font-size: 0.9em; }
.warning { border-left: 3px solid var(--vscode-editorWarning-foreground); padding-left: 0.75rem; }
article { margin: 1rem 0; padding: 0.75rem 1rem; border: 1px solid var(--vscode-editorWidget-border, var(--vscode-contrastBorder, transparent)); border-left: 3px solid var(--vscode-charts-blue, currentColor); border-radius: 4px; }
article.tool { margin-left: 1.5rem; border-left-color: var(--vscode-charts-green, currentColor); }
article.failed { border-left-color: var(--vscode-editorError-foreground); }
section + section { margin-top: 0.6rem; }
pre { margin: 0.15rem 0 0; white-space: pre-wrap; overflow-wrap: anywhere; font: var(--vscode-editor-font-size) / 1.45 var(--vscode-editor-font-family); }
summary { cursor: pointer; }
summary pre { display: inline; }
details[open] summary pre { display: none; }
`;
