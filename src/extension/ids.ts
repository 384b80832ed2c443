/** Every id that package.json and the code share; a test compares the two. */

export const DEBUG_TYPE = 'rewind';

export const VIEW = { sessions: 'rewind.sessions', steps: 'rewind.steps' } as const;

export const EDITOR = { cassette: 'rewind.cassette' } as const;

export const PANEL = {
  session: 'rewind.session',
  bisect: 'rewind.bisect',
  mutation: 'rewind.mutation',
} as const;

export const COMMAND = {
  record: 'rewind.record',
  recordFile: 'rewind.recordFile',
  stopRecording: 'rewind.stopRecording',
  debugSession: 'rewind.debugSession',
  debugLatest: 'rewind.debugLatest',
  openPanel: 'rewind.openPanel',
  showSteps: 'rewind.showSteps',
  replaySession: 'rewind.replaySession',
  compareSessions: 'rewind.compareSessions',
  bisectSessions: 'rewind.bisectSessions',
  exportSession: 'rewind.exportSession',
  importRecording: 'rewind.importRecording',
  deleteSession: 'rewind.deleteSession',
  copySessionId: 'rewind.copySessionId',
  filterSessions: 'rewind.filterSessions',
  clearFilter: 'rewind.clearFilter',
  refreshSessions: 'rewind.refreshSessions',
  chooseStep: 'rewind.chooseStep',
  openStep: 'rewind.openStep',
  goToCallSite: 'rewind.goToCallSite',
  debugStep: 'rewind.debugStep',
  stepBackInto: 'rewind.stepBackInto',
  stepBackOut: 'rewind.stepBackOut',
  forkStep: 'rewind.forkStep',
  mutateSession: 'rewind.mutateSession',
  mutatePanel: 'rewind.mutatePanel',
  showMore: 'rewind.showMore',
  showLog: 'rewind.showLog',
  openWalkthrough: 'rewind.openWalkthrough',
} as const;

/** Context keys of `when` clauses. */
export const CONTEXT = { filtered: 'rewind.filtered', recording: 'rewind.recording' } as const;

export const SETTING = {
  home: 'rewind.home',
  runtimes: 'rewind.runtimes',
  terminalPath: 'rewind.terminal.addToPath',
  codeLens: 'rewind.codeLens.enabled',
  hover: 'rewind.hover.enabled',
  inlineValues: 'rewind.inlineValues.enabled',
  mutateDiagnostics: 'rewind.mutate.diagnostics',
} as const;
