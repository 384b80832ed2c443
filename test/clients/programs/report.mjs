/** Prints what an SDK understood of one answer; see reported-calls.ts. */
export function report(name, answer) {
  console.log(JSON.stringify({ case: name, ...answer }));
}

export const TOOLS = {
  get_weather: () => ({ degrees: 7 }),
  get_time: () => ({ time: 'noon' }),
};

/** JSON Schemas of the tools' arguments. */
export const SCHEMAS = {
  get_weather: {
    type: 'object',
    properties: { city: { type: 'string' }, days: { type: 'array', items: { type: 'integer' } } },
    required: ['city', 'days'],
  },
  get_time: { type: 'object', properties: { zone: { type: 'string' } }, required: ['zone'] },
};
