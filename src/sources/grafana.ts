// Source `grafana`: groups of alerts as the webhook contact point of Grafana's alerting sends them.
import { z } from 'zod';
import { firedSettings, firedSource, firedStreams } from '../kit/fired-alert.ts';
import { withSoundProof } from '../kit/proof.ts';
import { bodyOf } from '../kit/pushed-body.ts';
import { pushedBy } from '../kit/pushed-by.ts';
import { wordOf } from '../kit/pushed-item.ts';
import type { PushSource, SourceDefinition } from '../kit/source.ts';

const config = withSoundProof(z.strictObject(firedSettings));

export const grafana: SourceDefinition<typeof config> = {
  ...pushedBy('grafana', create),
  config,
  example: {
    proof: 'signature',
    secret: 'a-secret-of-32-random-characters',
    signature: {
      header: 'X-Grafana-Alerting-Signature',
      timestamp_header: 'X-Grafana-Alerting-Timestamp',
      signed: '{timestamp}:{body}',
    },
  },
  secrets: ['secret', 'old_secret'],
  streams: ['alert', 'change'],
  product: { name: 'Grafana', streams: firedStreams },
};

function create(settings: z.output<typeof config>, { id }: { readonly id: string }): PushSource {
  return firedSource(settings, id, (labels) =>
    bodyOf({
      // A query without data, or with an error, is an alert of that name: this says of which rule.
      trigger: wordOf(labels.rulename, 100),
    }),
  );
}
