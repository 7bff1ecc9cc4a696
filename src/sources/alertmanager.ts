// Source `alertmanager`: groups of alerts as Alertmanager's webhook receiver sends them (version 4).
import { z } from 'zod';
import { firedSettings, firedSource, firedStreams } from '../kit/fired-alert.ts';
import { withSoundProof } from '../kit/proof.ts';
import { onlyEvent } from '../kit/pushed-item.ts';
import type { SourceDefinition } from '../kit/source.ts';

const config = withSoundProof(z.strictObject(firedSettings));

export const alertmanager: SourceDefinition<typeof config> = {
  type: 'alertmanager',
  isPushed: true,
  config,
  example: { proof: 'header', secret: 'a-secret-of-32-random-characters' },
  secrets: ['secret', 'old_secret'],
  streams: ['alert', 'change'],
  product: { name: 'Alertmanager', streams: firedStreams },
  readItem: (text, settings) => settings && onlyEvent(firedSource(settings, 'alertmanager'), text),
  create: (settings, { id }) => firedSource(settings, id),
};
