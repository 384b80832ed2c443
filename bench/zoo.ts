/**
 * How often the verdicts are those of a careful engineer, on every agent of the zoo and every operator:
 *
 *     node bench/zoo.ts [--show] [agent…]
 *
 * Beside it, on the same runs: what a test on exit code and output alone finds.
 */
import { blame } from '../test/mutate/blame.ts';
import { agents, chosen, deserves, type Judged, outputOnly, Zoo } from '../test/mutate/zoo.ts';

const show = process.argv.includes('--show');
const wanted = process.argv.slice(2).filter(word => !word.startsWith('--'));
const zoo = new Zoo();
const all: Judged[] = [];
let changed = 0;
let named = 0;
try {
  for (const agent of agents().filter(({ name }) => wanted.length === 0 || wanted.includes(name))) {
    const session = await zoo.record(agent);
    const judged = await zoo.judge(agent, session, chosen(agent, session), result => {
      if (show)
        console.log(
          `    ${result.id} ${result.verdict} ${result.outcome} ${result.durationMs} ms: ${result.reason}`,
        );
    });
    all.push(...judged);
    for (const { result } of judged) {
      const blamed = blame(session, zoo.session(result.session!), result);
      if (
        !blamed ||
        (result.verdict === 'recovered' && result.outcome === 'survived' && blamed.named === null)
      )
        continue;
      changed++;
      if (blamed.isRight) named++;
      else
        console.log(
          `  bisect: ${result.id} (${result.verdict}) is called ${blamed.named ?? 'no difference'} at step ${blamed.step}`,
        );
    }
    const right = judged.filter(({ result, truth }) => result.verdict === truth).length;
    console.log(`${agent.name.padEnd(22)} ${right} of ${judged.length}`);
    for (const { result, truth } of judged) {
      if (result.verdict === truth) continue;
      console.log(
        `  ≠ ${result.id}: ${result.verdict} (truth: ${truth ?? '?'}; ${result.outcome}) ${result.reason}`,
      );
    }
  }
} finally {
  zoo.close();
}

const count = (test: (judged: Judged) => boolean): number => all.filter(test).length;
const right = count(({ result, truth }) => result.verdict === truth);
const bad = all.filter(({ truth }) => truth && deserves(truth) === 'bad');
const good = all.filter(({ truth }) => truth && deserves(truth) === 'good');
const grave = all.filter(({ truth }) => truth === 'silent' || truth === 'unsafe');
console.log(
  `\n${all.length} mutants, ${right} as the engineer says: ${((100 * right) / all.length).toFixed(1)} %`,
);
console.log(
  `SILENT or UNSAFE missed: ${grave.filter(({ result, truth }) => result.verdict !== truth && deserves(result.verdict) !== 'bad').length} of ${grave.length}`,
);
console.log(
  `verdicts that rest on a miss: ${count(({ result, labels }) => labels.includes('MISS') && result.verdict !== 'inconclusive' && result.verdict !== 'unsafe')}`,
);
const found = (of: readonly Judged[], verdict: (judged: Judged) => string | null): string =>
  `${of.filter(judged => verdict(judged) === 'bad').length} of ${of.length}`;
console.log(
  `unhandled faults found: ${found(bad, ({ result }) => deserves(result.verdict))}; by exit code and output alone ${found(bad, outputOnly)}`,
);
console.log(
  `handled faults blamed:  ${found(good, ({ result }) => deserves(result.verdict))}; by exit code and output alone ${found(good, outputOnly)}`,
);
console.log(
  `bisect, given the recording and the mutant: ${named} of ${changed} runs are laid to the fault that was put in`,
);
