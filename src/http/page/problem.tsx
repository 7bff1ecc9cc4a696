// What a visitor sees when a view cannot be shown: who may not, what is not there, what failed.
import {
  ConflictError,
  InputError,
  NotFoundError,
  PermissionError,
} from '../../operations/index.ts';
import type { Shown } from './visit.ts';
import type { Words } from './words/index.ts';

export interface Problem {
  readonly status: 400 | 403 | 404 | 409 | 500 | 503;
  readonly detail: string;
}

/** Undefined for a failure of the service, which the visitor learns nothing of. */
export function problemOf(error: unknown): Problem | undefined {
  if (!(error instanceof Error)) return undefined;
  if (error instanceof InputError) return { status: 400, detail: error.message };
  if (error instanceof PermissionError) return { status: 403, detail: error.message };
  if (error instanceof NotFoundError) return { status: 404, detail: error.message };
  if (error instanceof ConflictError) return { status: 409, detail: error.message };
  return undefined;
}

export function showProblem(detail: string, { problems }: Words): Shown {
  return {
    title: problems.title,
    body: (
      <>
        <h1>{problems.title}</h1>
        <p class="notice bad">{detail}</p>
        <p>
          <a href="/">{problems.back}</a>
        </p>
      </>
    ),
  };
}
