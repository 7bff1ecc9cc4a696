// The registry of sinks: one line each. Key, `type` and name of the file are the same;
// test/contract/sinks.test.ts holds them to it.
import type { SinkDefinition } from '../kit/sink.ts';
import { mattermost } from './mattermost/index.ts';
import { stdout } from './stdout.ts';

export const sinks: Readonly<Record<string, SinkDefinition>> = {
  mattermost,
  stdout,
};
