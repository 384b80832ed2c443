import * as vscode from 'vscode';

/**
 * Shows a text beside a page: where it is open already, else in a column that shows no page, else in a new one.
 *
 * `ViewColumn.Beside` alone means beside the column that was active last. The editor notices a click in a page only a quarter of a
 * second later, so that each text would get one more column.
 */
export async function showBeside(uri: vscode.Uri, selection?: vscode.Range): Promise<void> {
  await vscode.window.showTextDocument(uri, {
    viewColumn: columnOf(uri),
    preview: true,
    ...(selection ? { selection } : {}),
  });
}

function columnOf(uri: vscode.Uri): vscode.ViewColumn {
  const groups = vscode.window.tabGroups.all.filter(group => !showsPage(group));
  const shows = ({ input }: vscode.Tab): boolean =>
    input instanceof vscode.TabInputText && input.uri.toString() === uri.toString();
  const [group] = [...groups.filter(({ tabs }) => tabs.some(shows)), ...groups];
  return group?.viewColumn ?? vscode.ViewColumn.Beside;
}

function showsPage({ activeTab }: vscode.TabGroup): boolean {
  const input = activeTab?.input;
  return input instanceof vscode.TabInputWebview || input instanceof vscode.TabInputCustom;
}
