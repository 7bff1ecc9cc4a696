// The far end's own id of a message, as far as it can be kept. Pure.

/** Longer than any product's; a message id of e-mail is the longest. */
const lengthMax = 200;
/** Nothing that the database refuses, or that a log or a request would obey. */
const keepable = /^\P{C}+$/u;

/**
 * The id if it is a text that can be stored and sent back as it is; else undefined, for half an id
 * would name another message. What a sink returns comes from its far end.
 */
export function remoteIdOf(receipt: unknown): string | undefined {
  const { remoteId } = (receipt ?? {}) as { readonly remoteId?: unknown };
  if (typeof remoteId !== 'string' || remoteId.length > lengthMax) return undefined;
  return keepable.test(remoteId) ? remoteId : undefined;
}
