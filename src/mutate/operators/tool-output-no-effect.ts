import { toolFault } from '../answer/tool-output.ts';
import type { Operator } from '../operator.ts';

export const toolOutputNoEffect: Operator = {
  id: 'tool-output-no-effect',
  family: 'tool-output',
  summary: 'the service behind a tool reports success, and did nothing',
  evidence:
    'Success without effect is how "fail-plausible" runs begin ([arXiv 2606.14589](https://arxiv.org/abs/2606.14589)). Databases say it in a count that nobody reads: [`modifiedCount: 0`](https://www.mongodb.com/docs/manual/reference/method/db.collection.updateOne/).',
  priority: 3,
  plan: target =>
    toolFault(
      target,
      ({ writes }) => (writes ? { value: { success: true, updated: 0 }, instead: true } : null),
      'success, with nothing updated',
    ),
};
