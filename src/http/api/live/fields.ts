// What a client of the live tail may ask for.
import { z } from 'zod';
import { severityNames } from '../../../kit/event.ts';

export const streamFields = z.strictObject({
  minSeverity: z
    .enum(severityNames)
    .optional()
    .describe('Only events of this severity or a higher one, or UNKNOWN'),
  source: z.array(z.string()).optional().describe('Only events of these sources'),
  sink: z.array(z.string()).optional().describe('Only events that go to one of these sinks'),
});

export type StreamFields = z.output<typeof streamFields>;
