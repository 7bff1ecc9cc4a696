// What a client of the live tail may ask for.
import { z } from 'zod';

export const streamFields = z.strictObject({
  minSeverity: z.int().min(0).max(5).optional().describe('Only events of this severity or more'),
  source: z.array(z.string()).optional().describe('Only events of these sources'),
  sink: z.array(z.string()).optional().describe('Only events that go to one of these sinks'),
});

export type StreamFields = z.output<typeof streamFields>;
