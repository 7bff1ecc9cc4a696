// The registry of sinks, one line each. Key, `type` and file name are the same, as
// test/contract/sinks.test.ts checks.
import type { SinkDefinition } from '../kit/sink.ts';
import { mattermost } from './mattermost/index.ts';
import { stdout } from './stdout.ts';

export const sinks: Readonly<Record<string, SinkDefinition>> = {
  mattermost,
  stdout,
};
