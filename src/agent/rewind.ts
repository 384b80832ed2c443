/**
 * Rewind inside an agent: tools and sessions that are recorded, and answered from the recording on a replay. Without Rewind
 * around it, everything in here only calls your function. No dependencies.
 */
import './own-place.ts';
import { session, sessionHeaders } from './session.ts';
import { tool, tools } from './tool.ts';

export { ToolError, ToolMiss } from './errors.ts';
export { type SessionOptions, session, sessionHeaders } from './session.ts';
export { type ToolOptions, tool, tools } from './tool.ts';

export const rewind = { session, sessionHeaders, tool, tools };
