/**
 * What starting the extension costs each new window of real VS Code (code-server): milliseconds by the editor's own count
 * (Developer: Startup Performance), beside extensions that come with it, in the same windows. `load` is reading and compiling
 * the bundle, `activate` our `activate`, `in all` the sum that *Developer: Show Running Extensions* shows.
 *
 *     npm run build && node bench/activation.ts [windows]
 */
import { missingPart, Workbench } from '../test/extension/workbench.ts';
import { median, table } from './peers/figures.ts';

const windows = Number(process.argv[2] ?? 9);
const SHOWN: Readonly<Record<string, string>> = {
  'rewind.llm-rewind': 'Rewind',
  'vscode.git': 'Git',
  'vscode.merge-conflict': 'Merge Conflict',
};

const missing = await missingPart();
if (missing) throw new Error(missing);
const bench = await Workbench.open({});
try {
  const { page } = bench;
  const usual = page.viewportSize()!;
  const found: (readonly [id: string, load: number, activate: number])[] = [];
  // The window that is open first follows an installation, and is not counted.
  for (let i = 0; i < windows; i++) {
    await bench.reload();
    // Nothing is asked of the editor while it starts.
    await page.waitForTimeout(5_000);
    await bench.command('Developer: Startup Performance');
    // The report is text in an editor, which draws only what fits.
    await page.setViewportSize({ width: 1400, height: 4000 });
    found.push(...(await activations()));
    await page.setViewportSize(usual);
    await bench.command('View: Close All Editors');
  }
  const rows = Object.entries(SHOWN).map(([id, name]) => {
    const own = found.filter(([other]) => other === id);
    if (own.length !== windows) throw new Error(`${name} was started in ${own.length} of ${windows} windows`);
    const all = own.map(([, load, activate]) => load + activate);
    const shown = [median(own.map(([, load]) => load)), median(own.map(([, , activate]) => activate))];
    return [name, ...shown, median(all), Math.min(...all), Math.max(...all)].map(String);
  });
  console.log(table([`ms, ${windows} windows`, 'load', 'activate', 'in all', 'least', 'most'], rows));

  /** Rows of the report's table: extension, eager, load code, call activate, finish activate, event, by. */
  async function activations() {
    const lines = page.locator('.view-line', { hasText: /^\|\s*rewind\.llm-rewind\s*\|/ });
    await lines.first().waitFor();
    const rows = await page.locator('.view-line', { hasText: /^\|\s*[\w-]+\.[\w-]+\s*\|/ }).allTextContents();
    return rows.map(row => {
      const [id = '', , load, call, finish] = row
        .split('|')
        .slice(1)
        .map(cell => cell.trim());
      return [id, Number(load), Number(call) + Number(finish)] as const;
    });
  }
} finally {
  await bench.close();
}
