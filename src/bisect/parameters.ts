import type { Call } from '../providers/call.ts';
import { canonicalJson } from '../tape/canonical-json.ts';
import { fieldDifferences } from '../tape/field-diff.ts';
import { IGNORED_MEMBERS } from '../tape/volatile.ts';

/** Which setting a request field belongs to, whatever the vendor calls it. */
export type Setting =
  | 'sampling'
  | 'seed'
  | 'reasoning'
  | 'limit'
  | 'tool choice'
  | 'tools'
  | 'format'
  | 'safety'
  | 'server state'
  | 'compaction'
  | 'tier'
  | 'api';

export interface ParameterChange {
  readonly setting: Setting;
  /** `temperature`, `generationConfig.topK` … */
  readonly field: string;
  readonly good: string | null;
  readonly bad: string | null;
  /** Sent by one run only, and what the vendor takes where nothing is sent. */
  readonly usual: boolean;
}

/** What vendors document as taken where nothing is sent, by the last name of a field in lower case without `_`. */
const USUAL: Readonly<Record<string, readonly string[]>> = {
  n: ['1'],
  bestof: ['1'],
  candidatecount: ['1'],
  topp: ['1'],
  presencepenalty: ['0'],
  frequencypenalty: ['0'],
  logprobs: ['false'],
  echo: ['false'],
  paralleltoolcalls: ['true'],
  toolchoice: ['auto', '{"type":"auto"}'],
  toolconfig: ['{"functionCallingConfig":{"mode":"AUTO"}}'],
  mode: ['AUTO'],
  responseformat: ['{"type":"text"}'],
  text: ['{"format":{"type":"text"}}'],
  truncation: ['disabled'],
};

/** Field names in lower case without `_` → setting. The outermost name that stands here decides. */
const SETTINGS: ReadonlyMap<string, Setting> = new Map(
  (
    [
      [
        'sampling',
        'temperature topp topk p k minp topa typicalp tfsz penalty presencepenalty frequencypenalty repetitionpenalty repeatpenalty repeatlastn mirostat mirostateta mirostattau n candidatecount numgenerations bestof logitbias stop stopsequences',
      ],
      ['seed', 'seed randomseed'],
      [
        'reasoning',
        'reasoning reasoningeffort thinking thinkingconfig thinkingbudget thinkinglevel budgettokens effort think verbosity includereasoning enablethinking chattemplatekwargs',
      ],
      [
        'limit',
        'maxtokens maxcompletiontokens maxoutputtokens maxtokenstosample maxgenlen maxnewtokens numpredict numctx maxtoolcalls',
      ],
      [
        'tool choice',
        'toolchoice paralleltoolcalls functioncall toolconfig functioncallingconfig disableparalleltooluse',
      ],
      ['tools', 'websearchoptions connectors documents datasources mcpservers plugins'],
      [
        'format',
        'responseformat format responseschema responsejsonschema responsemimetype responsemodalities modalities guidedjson structuredoutputs outputschema outputformat audio',
      ],
      [
        'safety',
        'safetysettings guardrailconfig guardrailidentifier guardrailversion moderation safetymode safeprompt',
      ],
      [
        'server state',
        'previousresponseid conversation previousinteractionid cachedcontent container session',
      ],
      ['compaction', 'truncation contextmanagement transforms prompttruncation'],
      ['tier', 'servicetier performanceconfig provider route models speed inferencegeo'],
    ] as const
  ).flatMap(([setting, names]) => names.split(' ').map((name): [string, Setting] => [name, setting])),
);

/** Members of the body that change what comes back in form only, or that the tape leaves out of the match key. */
const IMMATERIAL: ReadonlySet<string> = new Set(['stream', 'usage']);
/** Of those that the tape leaves out, the ones that a provider may answer differently to. */
const KEPT: ReadonlySet<string> = new Set(['service_tier', 'serviceTier', 'performanceConfig']);

export function parameterChanges(good: Call, bad: Call): readonly ParameterChange[] {
  const [left, right] = [good, bad].map(({ parameters }) =>
    withoutNothing(
      Object.fromEntries(
        Object.entries(parameters).filter(
          ([name, value]) =>
            value !== null && !IMMATERIAL.has(name) && (KEPT.has(name) || !IGNORED_MEMBERS.has(name)),
        ),
      ),
    ),
  );
  return fieldDifferences(left ?? {}, right ?? {}).flatMap(({ path, before, after }) => {
    const field = path.replace(/^\$\.?/, '');
    return leaves(field, before, after).map(([name, was, is]) => {
      const [good, bad] = [shown(was), shown(is)];
      return { setting: settingOf(name), field: name, good, bad, usual: isUsual(name, good, bad) };
    });
  });
}

function isUsual(field: string, good: string | null, bad: string | null): boolean {
  if (good !== null && bad !== null) return false;
  const name = field.split('.').at(-1)!.replaceAll('_', '').toLowerCase();
  return USUAL[name]?.includes((good ?? bad)!) ?? false;
}

/** A container that only one side has, field by field: `generationConfig` is no setting, `temperature` in it is. */
function leaves(
  field: string,
  before: unknown,
  after: unknown,
): readonly (readonly [string, unknown, unknown])[] {
  const [holder, other] = before === undefined ? [after, before] : [before, after];
  if (settingOf(field) !== 'api' || other !== undefined || !isObject(holder)) return [[field, before, after]];
  return Object.entries(holder).flatMap(([name, value]) =>
    before === undefined
      ? leaves(`${field}.${name}`, undefined, value)
      : leaves(`${field}.${name}`, value, undefined),
  );
}

/** Without nulls and what is empty then: SDKs write "not set" in many ways. */
function withoutNothing(value: unknown): unknown {
  if (value === null || value === undefined) return undefined;
  if (!isObject(value)) return value;
  const kept = Object.entries(value).flatMap(([key, one]) => {
    const rest = withoutNothing(one);
    return rest === undefined ? [] : [[key, rest] as const];
  });
  return kept.length === 0 ? undefined : Object.fromEntries(kept);
}

const isObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

export function settingOf(field: string): Setting {
  for (const name of field.split(/[.[\]"]+/)) {
    const setting = SETTINGS.get(name.replaceAll('_', '').toLowerCase());
    if (setting) return setting;
  }
  return 'api';
}

/** The call's own temperature, wherever the vendor puts it; null where none was sent. */
export function temperatureOf({ parameters }: Call): number | null {
  const holders = [
    parameters,
    parameters.generationConfig,
    parameters.inferenceConfig,
    parameters.options,
    parameters.generation_config,
  ];
  for (const holder of holders) {
    if (typeof holder !== 'object' || holder === null) continue;
    const value = (holder as Readonly<Record<string, unknown>>).temperature;
    if (typeof value === 'number') return value;
  }
  return null;
}

function shown(value: unknown): string | null {
  if (value === undefined) return null;
  return typeof value === 'string' ? value : canonicalJson(value);
}
