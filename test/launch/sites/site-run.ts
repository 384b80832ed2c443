import { startEmulator } from '../../../src/emulator/emulator.ts';
import { Upstream } from '../../../src/proxy/upstream.ts';
import { parseUpstreamMapping } from '../../../src/proxy/upstream-map.ts';
import type { CallSite } from '../../../src/wire/call-site.ts';
import { Bench, type Recorded } from '../agent-run.ts';

/** One recorded call: which case of the agent made it, and what the hook said of it. */
export interface SitedCall {
  readonly name: string;
  readonly site: CallSite | undefined;
}

type RunOptions = NonNullable<Parameters<Bench['run']>[1]>;

/** Records agents against the embedded provider. */
export class SiteBench {
  readonly #bench: Bench;
  readonly #emulator: Awaited<ReturnType<typeof startEmulator>>;

  private constructor(bench: Bench, emulator: Awaited<ReturnType<typeof startEmulator>>) {
    this.#bench = bench;
    this.#emulator = emulator;
  }

  static async open(): Promise<SiteBench> {
    const toolCalls = [{ name: 'lookup', arguments: { key: 'x' } }];
    const emulator = await startEmulator({
      script: {
        turns: [{ match: { user: { matches: '-tools' }, toolResult: false }, answer: { toolCalls } }],
      },
    });
    return new SiteBench(await Bench.open(), emulator);
  }

  get folder(): string {
    return this.#bench.folder;
  }

  async run(
    command: readonly string[],
    options: RunOptions = {},
  ): Promise<Recorded & { readonly calls: readonly SitedCall[] }> {
    const responder = new Upstream({ mappings: [parseUpstreamMapping(`*=${this.#emulator.url}`)] });
    const run = await this.#bench.run(command, { responder, ...options });
    await responder.close();
    const calls = run.exchanges.map(({ request }, index) => {
      const text = request.path + Buffer.from(request.body).toString();
      return { name: /case=([\w-]+)/.exec(text)?.[1] ?? request.path, site: run.sites[index] };
    });
    return { ...run, calls };
  }

  async close(): Promise<void> {
    await this.#emulator.close();
    await this.#bench.close();
  }
}
