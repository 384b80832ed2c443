// The engine as the extension starts it. An agent may be an Electron program itself: it must not inherit the flag.
delete process.env.ELECTRON_RUN_AS_NODE;
await import('../rewind.js');
