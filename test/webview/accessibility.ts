import type { Page } from 'playwright-core';

/** What a screen reader finds without a name, though its role needs one: lines of the accessibility tree. */
export async function nameless(page: Page): Promise<readonly string[]> {
  const tree = await page.locator('body').ariaSnapshot();
  const needs =
    /^\s*- (button|option|gridcell|rowheader|columnheader|searchbox|listbox|grid|toolbar|region|article|separator|slider|tab|heading)( \[[^\]]*\])*:?$/;
  return tree.split('\n').filter(line => needs.test(line));
}

/** Names of what the Tab key reaches from the page's beginning, in order, until it comes round; not of boxes that are only scrolled. */
export async function tabOrder(page: Page): Promise<readonly string[]> {
  await page.evaluate('document.activeElement?.blur(); window.passed = new Set()');
  const names: string[] = [];
  for (;;) {
    await page.keyboard.press('Tab');
    const name = (await page.evaluate(`(() => {
      const at = document.activeElement;
      if (at === document.body || passed.has(at)) return null;
      passed.add(at);
      return at.matches('pre, .diff') ? '' : at.getAttribute('aria-label') ?? at.textContent.trim();
    })()`)) as string | null;
    if (name === null) return names;
    if (name !== '') names.push(name);
  }
}

/** Contrast ratio of two opaque colours, as WCAG 2.1 has it. */
export function contrast(a: string, b: string): number {
  const [one, two] = [a, b].map(colour => {
    const [r, g, blue] = colour
      .match(/[\d.]+/g)!
      .slice(0, 3)
      .map(value => {
        const part = Number(value) / 255;
        return part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4;
      });
    return 0.2126 * r! + 0.7152 * g! + 0.0722 * blue!;
  });
  return (Math.max(one!, two!) + 0.05) / (Math.min(one!, two!) + 0.05);
}
