import type { TestContext } from 'node:test';
import { type CertificateAuthority, openCertificateAuthority } from '../../src/proxy/certificates.ts';
import { type ProxyOptions, type Proxy as RewindProxy, startProxy } from '../../src/proxy/proxy.ts';
import { Upstream, type UpstreamOptions } from '../../src/proxy/upstream.ts';
import type { Ask, Reply, Responder } from '../../src/tape/responder.ts';
import { publicCaFile, temporaryFolder } from './local-host.ts';

export interface UnderTest {
  readonly proxy: RewindProxy;
  readonly ca: CertificateAuthority;
  /** What reached the responder, in order. */
  readonly asks: readonly Ask[];
  readonly errors: readonly Error[];
  readonly notices: readonly string[];
}

/** A proxy for `localhost` in front of the real network, or of `responder`. Closed with the test. */
export async function startUnderTest(
  t: TestContext,
  options: Partial<Omit<ProxyOptions, 'ca' | 'responder'>> & {
    readonly responder?: Responder;
    readonly upstream?: UpstreamOptions;
  } = {},
): Promise<UnderTest> {
  const { upstream, responder, ...proxyOptions } = options;
  const inner = responder ?? new Upstream({ trustedCaFiles: [publicCaFile(t)], ...upstream });
  const asks: Ask[] = [];
  const errors: Error[] = [];
  const notices: string[] = [];
  const hosts = [...(options.interceptHosts ?? ['localhost'])];
  const ca = openCertificateAuthority({ home: temporaryFolder(t), hosts });
  const proxy = await startProxy({
    interceptHosts: hosts,
    onError: error => errors.push(error),
    onNotice: notice => notices.push(notice),
    ...proxyOptions,
    ca,
    responder: {
      upload: (head, length) => inner.upload?.(head, length),
      respond(ask: Ask, reply: Reply) {
        asks.push(ask);
        return inner.respond(ask, reply);
      },
    },
  });
  t.after(async () => {
    await proxy.close(0);
    await inner.close?.();
  });
  return { proxy, ca, asks, errors, notices };
}
