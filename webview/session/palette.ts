/** The theme's colours, for canvases. The style sheet maps the theme's variables to these names. */
export interface Palette {
  readonly text: string;
  readonly dim: string;
  readonly background: string;
  readonly line: string;
  readonly call: string;
  readonly tool: string;
  readonly wait: string;
  readonly input: string;
  readonly output: string;
  readonly cached: string;
  readonly cost: string;
  readonly stream: string;
  readonly error: string;
  readonly warning: string;
  readonly hit: string;
  readonly selected: string;
  readonly stdout: string;
  readonly font: string;
  readonly highContrast: boolean;
}

const NAMES = [
  'text',
  'dim',
  'background',
  'line',
  'call',
  'tool',
  'wait',
  'input',
  'output',
  'cached',
  'cost',
  'stream',
  'error',
  'warning',
  'hit',
  'selected',
  'stdout',
  'font',
] as const;

export function readPalette(): Palette {
  const style = getComputedStyle(document.body);
  const colours = Object.fromEntries(
    NAMES.map(name => [name, style.getPropertyValue(`--rw-${name}`).trim()]),
  ) as Omit<Record<(typeof NAMES)[number], string>, never>;
  const highContrast = /vscode-high-contrast/.test(document.body.className);
  return { ...colours, highContrast };
}

/** Calls back when the editor's theme changes: VS Code then changes the body's class and the root's variables. */
export function onThemeChange(run: () => void): () => void {
  const observer = new MutationObserver(run);
  observer.observe(document.body, { attributes: true, attributeFilter: ['class', 'data-vscode-theme-id'] });
  observer.observe(document.documentElement, { attributes: true, attributeFilter: ['style'] });
  return () => observer.disconnect();
}
