import { errorFault } from '../answer/error-fault.ts';
import type { Operator } from '../operator.ts';

export const modelRetired: Operator = {
  id: 'model-retired',
  family: 'provider',
  summary: 'the model is gone from here on',
  priority: 1,
  plan: target => errorFault(target, 'model_not_found', 'from-here'),
};
