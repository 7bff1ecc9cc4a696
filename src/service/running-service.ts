// Asks the service that runs on an embedded database, through the socket that locks its directory:
// two processes must never open one.

import { actorHeader, operationStatus } from '../http/operations.ts';
import { neutralText } from '../kit/text.ts';
import {
  type Actor,
  ConflictError,
  InputError,
  inputOf,
  NotFoundError,
  type Operation,
  OutputError,
  outputOf,
} from '../operations/index.ts';
import { dataDirectoryError } from '../store/embedded/data-directory.ts';
import { askHolder, NoHolderError } from '../store/embedded/directory-lock.ts';
import type { HolderAnswer, HolderRequest } from '../store/embedded/directory-request.ts';

const otherRelease = 'It is of another release than this command: restart it with this one.';

/**
 * By the status of the answer. With any other status the service is starting, or its database is
 * busy or not migrated yet.
 */
const remedies: Readonly<Record<number, string>> = { 400: otherRelease, 404: otherRelease };

/** What the operation itself refuses, in its own words. */
const refusals: Readonly<Record<number, new (text: string) => Error>> = {
  [operationStatus.conflict]: ConflictError,
  [operationStatus.notFound]: NotFoundError,
  [operationStatus.refused]: InputError,
};

/** Whether a service runs on the directory. */
export async function isServiceRunning(directory: string): Promise<boolean> {
  return (await reach(directory, '/holder')) !== undefined;
}

/**
 * @throws {FormError} for input that this release cannot take; also when the service cannot do it,
 * has stopped, or is of a release that answers in another form
 */
export async function askService<In, Out>(
  directory: string,
  operation: Operation<In, Out>,
  { input, actor }: { readonly input: In; readonly actor: Actor },
): Promise<Out> {
  // What this release cannot take is no fault of the service's.
  inputOf(operation, input);
  const request = {
    method: 'POST',
    headers: { 'content-type': 'application/json', [actorHeader]: encodeURIComponent(actor.name) },
    body: JSON.stringify(input),
  };
  const asked = reach(directory, `/operations/${operation.name}`, request);
  const answer = await asked.catch((error: NodeJS.ErrnoException) => {
    if (error.code !== 'ECONNRESET') throw error;
    return undefined;
  });
  if (answer === undefined)
    throw new Error('the running service has stopped meanwhile. Try again.');
  const Refusal = refusals[answer.status];
  if (Refusal !== undefined) throw new Refusal(neutralText(answer.body, { multiline: true }));
  if (answer.status !== 200) {
    const said = neutralText(answer.body.slice(0, 500), { multiline: false });
    const remedy = remedies[answer.status] ?? 'Try again in a moment.';
    throw new Error(`the running service answered ${answer.status}: ${said} ${remedy}`);
  }
  return understood(operation, answer.body);
}

function understood<In, Out>(operation: Operation<In, Out>, body: string): Out {
  try {
    return outputOf(operation, JSON.parse(body));
  } catch (error) {
    if (!(error instanceof OutputError || error instanceof SyntaxError)) throw error;
    const reason = error instanceof OutputError ? error.message : 'its answer is no JSON.';
    throw new Error(`the running service is not understood: ${reason} ${otherRelease}`);
  }
}

/** Undefined if no service runs there. */
async function reach(
  directory: string,
  path: string,
  request?: HolderRequest,
): Promise<HolderAnswer | undefined> {
  try {
    return await askHolder(directory, path, request);
  } catch (error) {
    if (error instanceof NoHolderError) return undefined;
    const { code } = error as NodeJS.ErrnoException;
    throw code === 'EACCES' ? dataDirectoryError(directory, error) : error;
  }
}
