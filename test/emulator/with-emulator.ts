import { type Emulator, type EmulatorOptions, startEmulator } from '../../src/emulator/emulator.ts';

/** Runs `use` against a fresh emulator and closes it, whatever happens. */
export async function withEmulator<T>(
  options: EmulatorOptions,
  use: (emulator: Emulator) => Promise<T>,
): Promise<T> {
  const emulator = await startEmulator(options);
  try {
    return await use(emulator);
  } finally {
    await emulator.close();
  }
}

/** JSON of one plain request, and the answer it came by. */
export async function post(
  url: string,
  body: unknown,
  headers: Readonly<Record<string, string>> = { authorization: 'Bearer sk-test' },
): Promise<{ readonly response: Response; readonly text: string }> {
  const response = await fetch(url, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body: JSON.stringify(body),
  });
  return { response, text: await response.text() };
}
