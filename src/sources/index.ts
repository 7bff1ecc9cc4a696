// The registry of sources: type -> definition. One line a type.
import type { SourceDefinition } from '../kit/source.ts';
import {
  deepinstinctChanges,
  deepinstinctEvents,
  deepinstinctSuspiciousEvents,
} from './deepinstinct/index.ts';
import { pagerduty } from './pagerduty.ts';
import { webhook } from './webhook/index.ts';

export const sources: Record<string, SourceDefinition> = {
  deepinstinct_events: deepinstinctEvents,
  deepinstinct_suspicious_events: deepinstinctSuspiciousEvents,
  deepinstinct_changes: deepinstinctChanges,
  pagerduty,
  webhook,
};
