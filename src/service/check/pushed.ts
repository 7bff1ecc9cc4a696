// What `tocsin check` says of a source that is pushed to: where its product has to call. Nothing can
// be tried out from here.
import type { Config } from '../../config/index.ts';
import type { ConfiguredPush } from '../adapters.ts';
import type { Finding } from './finding.ts';

export function lookAtPushed(
  { id, source }: Pick<ConfiguredPush, 'id' | 'source'>,
  { access }: Pick<Config, 'access'>,
): Finding {
  const about = { kind: 'source', id } as const;
  const hasPathSecret = source.proof.kind === 'path' || source.proof.kind === 'own';
  const path = `/hooks/${id}${hasPathSecret ? '/<secret>' : ''}`;
  if (access.publicUrl === undefined) {
    const text = `is pushed to at ${path} of this service. Set PUBLIC_URL to see the whole address`;
    return { ...about, status: 'ok', text };
  }
  return { ...about, status: 'ok', text: `is pushed to at ${access.publicUrl}${path}` };
}
