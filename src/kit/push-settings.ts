// The settings that every type of source has that is pushed to: how senders prove who they are, and
// what they may cost.
import { isIP } from 'node:net';
import { z } from 'zod';
import { proofOf, proofSettings } from './proof.ts';
import type { PushSource } from './source.ts';

/** Of an address, or of a network such as 10.0.0.0/8. */
const network = z.string().refine((text) => {
  const [, address = '', bits] = /^([^/%]+)(?:\/(\d{1,3}))?$/.exec(text) ?? [];
  const family = isIP(address);
  return family !== 0 && Number(bits ?? 0) <= (family === 4 ? 32 : 128);
}, 'is no network such as 10.0.0.0/8 or fd00::/8');

/** What a type has whose proof is its own. */
export const limitSettings = {
  from: z
    .array(network)
    .min(1)
    .optional()
    .describe('Networks from which alone it may be called, beside the proof.'),
  rate: z
    .number()
    .min(0.1)
    .max(1000)
    .default(50)
    .describe('Requests a second, on the average; for twice as many at once there is room.'),
  body_max: z
    .int()
    .min(1000)
    .max(25_000_000)
    .default(1_000_000)
    .describe('The longest body in bytes, unpacked.'),
} as const;

/** What a type has that leaves the proof to people; wrap its schema in `withSoundProof`. */
export const pushSettings = { ...proofSettings, ...limitSettings } as const;

/** Everything of a source but what it makes of a request. */
export function pushBasics(
  settings: z.output<z.ZodObject<typeof pushSettings>>,
): Pick<PushSource, 'kind' | 'proof' | 'from' | 'bodyBytesMax' | 'perSecond'> {
  return { kind: 'push', proof: proofOf(settings), ...pushLimits(settings) };
}

export function pushLimits({
  from,
  rate,
  body_max,
}: z.output<z.ZodObject<typeof limitSettings>>): Pick<
  PushSource,
  'from' | 'bodyBytesMax' | 'perSecond'
> {
  return { from, bodyBytesMax: body_max, perSecond: rate };
}
