// Answers commands in the running service, whose database nobody else may open.
import { userInfo } from 'node:os';
import { createOperationsApp } from '../http/operations.ts';
import type { Logger } from '../observe/log.ts';
import type { Actor, OperationContext } from '../operations/index.ts';
import { databaseErrorText } from '../store/database.ts';
import type { RequestHandler } from '../store/embedded/directory-lock.ts';

/** Whoever may use the database or its directory may do everything: the system has let them in. */
export function commandActor(name: string = userName()): Actor {
  return { name, role: 'admin', via: 'cli', address: null };
}

function userName(): string {
  try {
    return userInfo().username;
  } catch {
    // In a container, the user may have no name.
    return `uid ${process.getuid?.() ?? 'unknown'}`;
  }
}

/**
 * Answers commands in the running service. Only users who may open the directory can ask. The
 * command learns that an operation failed; the reason is in the log.
 * @param around what operations work with now
 */
export function answerOperations(
  around: () => Omit<OperationContext, 'actor'>,
  log: Logger,
): RequestHandler {
  const app = createOperationsApp({
    contextOf: (name) => ({ ...around(), actor: commandActor(name) }),
    onFailure: logFailure(log),
  });
  return async (request) => app.fetch(request);
}

/** For what a door cannot say: it only says that the operation failed. */
export function logFailure(log: Logger) {
  return (operation: string, error: unknown): void =>
    log.error({ operation, error: databaseErrorText(error) }, 'an operation failed');
}
