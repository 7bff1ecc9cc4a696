// Shows when the credential of each source ends, and warns in the log while that is near.
import type { Logger } from '../observe/log.ts';
import type { Relay } from './relay.ts';

const warningMs = 14 * 86_400_000;

export function lookAtCredentials(
  { sources, metrics }: Pick<Relay, 'sources' | 'metrics'>,
  log: Logger,
): void {
  for (const { id, source } of sources) {
    const endsAtMs = source.credentialExpiresAt?.();
    if (endsAtMs === undefined) {
      metrics.sourceCredentialExpiry.remove({ source: id });
      continue;
    }
    metrics.sourceCredentialExpiry.set({ source: id }, endsAtMs / 1000);
    const fields = { source: id, ends_at: new Date(endsAtMs).toISOString() };
    if (endsAtMs - Date.now() < warningMs)
      log.warn(fields, 'the credential of this source ends soon: create a new one and replace it');
  }
}
