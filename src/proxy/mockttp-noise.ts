/**
 * mockttp prints what it makes of broken connections straight to the console, which is the agent's terminal here. Its
 * lines are known by how they begin; everything else passes.
 */
const noise =
  /^(?:Failed to handle (?:request|websocket)|Response error:|Unknown TLS error:|TLS client hello data not available|Cert generation error|Socket bypass loop|Unknown protocol server error|Failed to reset on socket|Failed to process SOCKS|SOCKS auth failed|Failed to normalize URL)/;

const methods = ['log', 'warn', 'error'] as const;
let mutes = 0;
let restore: (() => void) | undefined;

/** Until the returned function is called; nests. */
export function muteMockttp(): () => void {
  if (mutes++ === 0) restore = filterConsole();
  let done = false;
  return () => {
    if (done) return;
    done = true;
    if (--mutes === 0) restore?.();
  };
}

function filterConsole(): () => void {
  const originals = methods.map(method => [method, console[method]] as const);
  for (const [method, original] of originals) {
    console[method] = (...parts: unknown[]) => {
      if (typeof parts[0] !== 'string' || !noise.test(parts[0])) original.apply(console, parts);
    };
  }
  return () => {
    for (const [method, original] of originals) console[method] = original;
  };
}
