// The status of what an operation refuses, the same for every answer over the port.
import {
  ConflictError,
  InputError,
  KeyReusedError,
  NotFoundError,
  PermissionError,
} from '../operations/index.ts';

export interface Refused {
  readonly status: 400 | 403 | 404 | 409 | 422;
  /** The operation's own words. */
  readonly detail: string;
}

/** Undefined for a failure of the service, which a visitor learns nothing of. */
export function refusalOf(error: unknown): Refused | undefined {
  if (error instanceof InputError) return { status: 400, detail: error.message };
  if (error instanceof PermissionError) return { status: 403, detail: error.message };
  if (error instanceof NotFoundError) return { status: 404, detail: error.message };
  if (error instanceof ConflictError) return { status: 409, detail: error.message };
  if (error instanceof KeyReusedError) return { status: 422, detail: error.message };
  return undefined;
}
