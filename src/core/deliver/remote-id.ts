// The far end's own id of a message, as far as it can be kept. Pure.
import { isFitForName } from '../../kit/text.ts';

/** Longer than any product's; a message id of e-mail is the longest. */
const lengthMax = 200;

/**
 * The id if it is a text that can be stored and sent back as it is; else undefined, for half an id
 * would name another message. What a sink returns comes from its far end.
 */
export function remoteIdOf(receipt: unknown): string | undefined {
  const { remoteId } = (receipt ?? {}) as { readonly remoteId?: unknown };
  if (typeof remoteId !== 'string' || remoteId === '' || remoteId.length > lengthMax)
    return undefined;
  // The database refuses nothing of such a text, and no log and no request obeys any of it.
  return isFitForName(remoteId) ? remoteId : undefined;
}
