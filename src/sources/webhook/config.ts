// The settings of the source `webhook`: how it is proved, and what its JSON means.
import { z } from 'zod';
import { meaningSettings } from '../../kit/item-meaning.ts';
import { withSoundProof } from '../../kit/proof.ts';
import { pushSettings } from '../../kit/push-settings.ts';

export const config = withSoundProof(z.strictObject({ ...pushSettings, ...meaningSettings }));
export type WebhookSettings = z.output<typeof config>;
