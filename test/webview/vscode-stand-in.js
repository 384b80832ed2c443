/** Runs in the page before anything else: what VS Code brings to a webview, and ears for violations of its policy. */
globalThis.standInForVsCode = ({ theme, state }) => {
  const stored = sessionStorage.getItem('state');
  let kept = stored ? JSON.parse(stored) : (state ?? undefined);
  globalThis.acquireVsCodeApi = () => ({
    postMessage: message => void globalThis.toExtension(message),
    getState: () => kept,
    setState: next => {
      kept = next;
      sessionStorage.setItem('state', JSON.stringify(next));
    },
  });
  document.addEventListener('securitypolicyviolation', ({ violatedDirective, blockedURI }) =>
    globalThis.fault(`policy: ${violatedDirective} ${blockedURI}`),
  );
  globalThis.wear = ({ bodyClass, variables }) => {
    for (const [name, value] of Object.entries(variables)) {
      document.documentElement.style.setProperty(`--vscode-${name}`, value);
    }
    document.body.className = bodyClass;
  };
  document.addEventListener('DOMContentLoaded', () => globalThis.wear(theme));
};
