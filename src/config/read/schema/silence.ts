// The form of silences: those that recur in tocsin.yaml, and those in files and options of the
// command.
import { z } from 'zod';
import { interval, match, single } from './route.ts';

export const recurringSilence = z
  .strictObject({
    name: z.string().describe('a name of at most 60 characters'),
    reason: z.string().describe('why, in at most 400 characters'),
    times: z.array(interval).min(1).describe('a list of times'),
    match,
    when: z.string().optional().describe('an expression about the event'),
    sinks: z.array(z.string()).min(1).optional().describe('a list of ids of sinks'),
  })
  .describe('a map with name, reason, times, match, when, sinks');
export const recurringSilences = z
  .array(recurringSilence)
  .min(1)
  .max(100)
  .optional()
  .describe('a list of silences that recur');
export type RecurringContent = z.output<typeof recurringSilence>;

const silence = z
  .strictObject({
    owner: z.string().describe('who silences it'),
    reason: z.string().describe('why, in at most 500 characters'),
    from: single,
    until: single,
    for: single,
    match,
    when: z.string().optional().describe('an expression about the event'),
    sinks: z.array(z.string()).min(1).optional().describe('a list of ids of sinks'),
  })
  .describe('a map with owner, reason, for, match, when, sinks');
export const silences = z.array(silence).min(1).max(100).describe('a list of silences');
export type SilenceContent = z.output<typeof silence>;
