// Runs an agent's cases one after the other, so that a failing one is told by its name.

/** @param {Record<string, () => unknown>} cases */
export async function runCases(cases) {
  for (const [name, each] of Object.entries(cases)) {
    try {
      await each();
    } catch (error) {
      console.error(`${name}: ${error.stack}`);
      process.exitCode = 1;
    }
  }
}
