import { setTimeout as sleep } from 'node:timers/promises';
import * as vscode from 'vscode';
import { markdownText, shortLine } from '../dap/hostile-text.ts';
import { count, duration, laneName, money, stepLine } from '../dap/wording.ts';
import { spoken } from '../timeline/step-diff.ts';
import type { CallStep, Lane, Step, Timeline } from '../timeline/timeline.ts';
import { troublesOf } from '../timeline/troubles.ts';
import type { Rewind } from './context.ts';
import type { Position } from './debugger-position.ts';
import { COMMAND, VIEW } from './ids.ts';
import { sessionFacts, sessionTitle, shortModel } from './session-words.ts';
import type { StepRef } from './step-commands.ts';

/** Milliseconds between attempts to show a row: the first pause, each twice the one before, and the last. */
const DRAWN_AFTER = { first: 100, last: 6400 };

/** In a longer session only the first lane is open, and no call: the editor asks for what is in each open row before it draws any. */
const OPEN_STEPS = 1000;

export type StepNode =
  | { readonly kind: 'lane'; readonly lane: Lane; readonly timeline: Timeline }
  | {
      readonly kind: 'step';
      readonly step: Step;
      readonly timeline: Timeline;
      readonly tools: readonly Step[];
    }
  | { readonly kind: 'note'; readonly text: string };

/** The steps of the selected session: lanes, calls, and the tools that each call asked for. Follows the debugger, and moves it. */
class StepTree implements vscode.TreeDataProvider<StepNode> {
  readonly #changed = new vscode.EventEmitter<undefined>();
  readonly onDidChangeTreeData = this.#changed.event;
  readonly #rewind: Rewind;
  /** What the rows were made of. */
  shown: Timeline | undefined;
  /** The rows are there. */
  readonly filled = new vscode.EventEmitter<void>();

  constructor(rewind: Rewind) {
    this.#rewind = rewind;
  }

  refresh(): void {
    this.#changed.fire(undefined);
  }

  async getChildren(node?: StepNode): Promise<StepNode[]> {
    if (node?.kind === 'lane') return stepsOf(node.timeline, node.lane);
    if (node?.kind === 'step') {
      return node.tools.map(step => ({ kind: 'step', step, timeline: node.timeline, tools: [] }));
    }
    const id = this.#rewind.selection.session;
    if (node || id === undefined) return [];
    const { timeline } = await this.#rewind.timelines.of(id);
    this.shown = timeline;
    setImmediate(() => this.filled.fire());
    const { lanes, session } = timeline;
    const notes = session.warnings.map(text => ({ kind: 'note', text }) as const);
    const [only] = lanes;
    if (lanes.length === 1 && only) return [...notes, ...stepsOf(timeline, only)];
    return [...notes, ...lanes.map(lane => ({ kind: 'lane', lane, timeline }) as const)];
  }

  getParent(node: StepNode): StepNode | undefined {
    if (node.kind !== 'step') return undefined;
    const { step, timeline } = node;
    if (step.kind === 'tool') return nodeOf(timeline, step.from);
    return timeline.lanes.length > 1
      ? { kind: 'lane', lane: timeline.lanes[step.lane]!, timeline }
      : undefined;
  }

  getTreeItem(node: StepNode): vscode.TreeItem {
    switch (node.kind) {
      case 'lane':
        return laneItem(node);
      case 'step':
        return stepItem(node);
      case 'note':
        return noteItem(node.text);
    }
  }
}

export function stepsView(rewind: Rewind): void {
  const tree = new StepTree(rewind);
  const view = vscode.window.createTreeView(VIEW.steps, { treeDataProvider: tree, showCollapseAll: true });
  /** The row where the debugger stands; a view that is hidden stays so. */
  const follow = async (at: Position): Promise<void> => {
    const { recording, step } = at;
    if (!rewind.sessions.find(recording) && !isLive(recording)) return;
    rewind.selection.session = recording;
    if (!view.visible) return;
    const { timeline } = await rewind.timelines.upTo(recording, step);
    // Rows that are still to come call us again.
    if (timeline !== tree.shown) return tree.refresh();
    const node = nodeOf(timeline, step);
    const isSelected = (): boolean =>
      view.selection.some(row => row.kind === 'step' && row.timeline === timeline && row.step.index === step);
    // A row that the editor has not drawn yet is passed over in silence.
    for (let pause = DRAWN_AFTER.first; node && pause <= DRAWN_AFTER.last; pause *= 2) {
      try {
        await view.reveal(node, { select: true, focus: false });
      } catch (error) {
        // The editor cannot find a row while all are made anew.
        rewind.log.debug(`row of step ${step}: ${String(error)}`);
      }
      await sleep(pause);
      if (isSelected() || !view.visible || !stands(at)) return;
    }
  };
  const stands = ({ recording, step }: Position): boolean =>
    rewind.position.current?.step === step && rewind.selection.session === recording;
  const isLive = (id: string): boolean => rewind.recordings.all.some(recording => recording.id === id);
  const moved = (at: Position): void => {
    follow(at).catch(error => rewind.log.warn(`step ${at.step}: ${String(error)}`));
  };
  /** Another session that the user looks at meanwhile stays until the debugger moves. */
  const drawn = (): void => {
    const { current } = rewind.position;
    if (current && current.recording === rewind.selection.session) moved(current);
  };
  const describe = (): void => {
    const id = rewind.selection.session;
    const session =
      id === undefined
        ? undefined
        : (rewind.sessions.find(id) ?? rewind.recordings.all.find(live => live.id === id)?.summary);
    view.description = session ? `${sessionTitle(session)} · ${sessionFacts(session)}` : '';
  };
  rewind.keep(
    view,
    rewind.position.onMove(moved),
    tree.filled.event(drawn),
    view.onDidChangeVisibility(drawn),
    rewind.selection.onChange(() => {
      describe();
      tree.refresh();
    }),
    rewind.sessions.onChange(() => {
      const { session } = rewind.selection;
      if (session === undefined || rewind.sessions.find(session) || isLive(session)) describe();
      else rewind.selection.session = undefined;
    }),
  );
  rewind.command(COMMAND.chooseStep, async (ref: StepRef) => {
    // The debugger shows the place itself.
    if (rewind.position.debugs(ref.session)) rewind.position.move(ref.session, ref.step);
    else await vscode.commands.executeCommand(COMMAND.goToCallSite, ref);
  });
}

function nodeOf(timeline: Timeline, index: number): (StepNode & { kind: 'step' }) | undefined {
  const step = timeline.steps[index];
  if (!step) return undefined;
  const tools = timeline.steps.filter(other => other.kind === 'tool' && other.from === index);
  return { kind: 'step', step, timeline, tools };
}

function stepsOf(timeline: Timeline, lane: Lane): StepNode[] {
  const tools = new Map<number, Step[]>();
  for (const index of lane.steps) {
    const step = timeline.steps[index]!;
    if (step.kind !== 'tool') continue;
    const known = tools.get(step.from);
    if (known) known.push(step);
    else tools.set(step.from, [step]);
  }
  return lane.steps.flatMap(index => {
    const step = timeline.steps[index]!;
    return step.kind === 'call'
      ? [{ kind: 'step', step, timeline, tools: tools.get(index) ?? [] } as const]
      : [];
  });
}

const isLong = ({ steps }: Timeline): boolean => steps.length > OPEN_STEPS;

function laneItem({ lane, timeline }: StepNode & { kind: 'lane' }): vscode.TreeItem {
  const { Collapsed, Expanded } = vscode.TreeItemCollapsibleState;
  const open = !isLong(timeline) || lane === timeline.lanes[0];
  const item = new vscode.TreeItem(laneName(lane), open ? Expanded : Collapsed);
  const calls = lane.steps.filter(index => timeline.steps[index]!.kind === 'call').length;
  item.id = `${timeline.session.start.id}:lane:${lane.id}`;
  item.description = `${count(calls)} ${calls === 1 ? 'call' : 'calls'}`;
  item.iconPath = new vscode.ThemeIcon('comment-discussion');
  item.contextValue = 'lane';
  return item;
}

function stepItem({ step, timeline, tools }: StepNode & { kind: 'step' }): vscode.TreeItem {
  const { Collapsed, Expanded, None } = vscode.TreeItemCollapsibleState;
  const filled = isLong(timeline) ? Collapsed : Expanded;
  const item = new vscode.TreeItem(stepLabel(step), tools.length > 0 ? filled : None);
  const { id } = timeline.session.start;
  const troubles = troublesOf(step);
  item.id = `${id}:${step.index}`;
  item.description = step.kind === 'call' ? callFacts(step) : toolFacts(step);
  item.iconPath = stepIcon(step, troubles.length > 0);
  item.contextValue = 'step';
  item.tooltip = new vscode.MarkdownString(
    [stepLine(step), ...troubles.map(({ name, message }) => `${name}: ${shortLine(message, 400)}`)]
      .map(markdownText)
      .join('\n\n'),
  );
  item.command = {
    command: COMMAND.chooseStep,
    title: 'Go to step',
    arguments: [{ session: id, step: step.index }],
  };
  return item;
}

function stepLabel(step: Step): string {
  const name = step.kind === 'tool' ? shortLine(step.name, 60) : shortModel(step.model ?? 'unknown model');
  return `${step.index}  ${name}`;
}

function callFacts(step: CallStep): string {
  const { usage, costUsd, latencyMs, error } = step;
  return [
    ...(error ? [`${error.status || 'no answer'} ${shortLine(error.message, 60)}`] : [outcome(step)]),
    ...(usage ? [`${count(usage.input)} → ${count(usage.output)}`] : []),
    ...(costUsd === null ? [] : [money(costUsd)]),
    latencyMs === null ? 'unfinished' : duration(latencyMs),
  ]
    .filter(Boolean)
    .join(' · ');
}

/** The tools that it asked for, else what it said. */
function outcome({ output }: CallStep): string {
  const tools = output.parts.flatMap(part =>
    part.type === 'tool_call' ? [shortLine(part.call.name, 40)] : [],
  );
  return tools.length > 0 ? `→ ${tools.join(', ')}` : shortLine(spoken(output.parts), 60);
}

function toolFacts(step: Step & { kind: 'tool' }): string {
  const { call, result, durationMs, timing, run } = step;
  const said = result ? shortLine(spoken(result.content), 80) : (run?.error ?? 'no result seen');
  return [
    `${shortLine(call.argumentsText, 60)} → ${said}`,
    ...(durationMs === null || timing === 'gap' ? [] : [duration(durationMs)]),
  ].join(' · ');
}

function stepIcon(step: Step, troubled: boolean): vscode.ThemeIcon {
  const icon = step.kind === 'call' ? 'comment' : 'tools';
  return troubled
    ? new vscode.ThemeIcon(
        step.kind === 'call' ? 'error' : 'tools',
        new vscode.ThemeColor('testing.iconFailed'),
      )
    : new vscode.ThemeIcon(icon);
}

function noteItem(text: string): vscode.TreeItem {
  const item = new vscode.TreeItem(shortLine(text, 200));
  item.iconPath = new vscode.ThemeIcon('warning', new vscode.ThemeColor('list.warningForeground'));
  return item;
}
