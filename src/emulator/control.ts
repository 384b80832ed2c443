import type { Behaviour, BehaviourChange } from './behaviour.ts';
import type { LoggedRequest } from './request-log.ts';
import { checkScript, type Script } from './script.ts';

/** What the control endpoints can do. */
export interface Controls {
  readonly requests: readonly LoggedRequest[];
  readonly behaviour: Behaviour;
  behave(change: BehaviourChange): void;
  useScript(script: Script): void;
  reset(): void;
}

export interface ControlAnswer {
  readonly status: number;
  readonly body: unknown;
}

export const CONTROL_PATH = '/_emulator/';

/**
 * `GET requests`, `DELETE requests`, `GET behaviour`, `POST behaviour` (a change), `POST script`, `POST reset`, all
 * under `/_emulator/`. Throws RewindError for a bad body.
 */
export function control(method: string, path: string, json: unknown, controls: Controls): ControlAnswer {
  switch (`${method} ${path.slice(CONTROL_PATH.length)}`) {
    case 'GET requests':
      return { status: 200, body: { count: controls.requests.length, requests: controls.requests } };
    case 'GET behaviour':
      return { status: 200, body: controls.behaviour };
    case 'POST behaviour':
      controls.behave(objectBody(json) as BehaviourChange);
      return { status: 200, body: controls.behaviour };
    case 'POST script':
      controls.useScript(checkScript(json));
      return { status: 200, body: {} };
    case 'POST reset':
      controls.reset();
      return { status: 200, body: {} };
    default:
      return { status: 404, body: { error: 'no such control' } };
  }
}

function objectBody(json: unknown): object {
  return typeof json === 'object' && json !== null ? json : {};
}
