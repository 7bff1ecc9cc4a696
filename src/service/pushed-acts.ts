// What somebody did to an incident in another product, done here as well: by the operations, so that
// it is noted as every other act.
import type { PushDependencies } from '../core/intake/push/door.ts';
import { hashOfSecret } from '../kit/token.ts';
import {
  ConflictError,
  incident,
  NotFoundError,
  type OperationContext,
  perform,
  UsedError,
  usingToken,
} from '../operations/index.ts';

/** Longer than any product repeats a request. */
const rememberMs = 3 * 86_400_000;
const personMax = 100;

const operations = {
  acknowledged: incident.acknowledge,
  resolved: incident.resolve,
  reopened: incident.reopen,
} as const;

/** Rejects only with what may pass, so that the sender comes back. @param around what counts now */
export function pushedActs(
  around: () => Omit<OperationContext, 'actor'>,
): NonNullable<PushDependencies['act']> {
  return async (source, { kind, id, event, person, note }) => {
    const context = around();
    const via = context.config.sources.find((one) => one.id === source)?.type ?? 'push';
    const name = person.slice(0, personMax) || source;
    const actor = { name, role: 'operate', via, address: null } as const;
    const token = { hash: hashOfSecret(`${source} ${id}`), expiresAtMs: Date.now() + rememberMs };
    const input = { event: String(event), ...(note !== undefined && { note }) };
    try {
      await perform(operations[kind], { ...context, actor }, input, usingToken(token));
    } catch (error) {
      // Of an event that is no longer stored, and what was done before.
      const isOver = [NotFoundError, ConflictError, UsedError].some((one) => error instanceof one);
      if (!isOver) throw error;
    }
  };
}
