// What Jira's answers mean, beyond what kit/http/status.ts knows of every status.
import type { z } from 'zod';
import { AdapterError } from '../../kit/errors.ts';
import { jsonOf } from '../../kit/http/caller.ts';
import type { HttpAnswer } from '../../kit/http/index.ts';
import { strangersAnswer } from '../../kit/http/status.ts';

/** Fields whose content comes from the event. */
const ofEvent = new Set(['summary', 'description', 'comment']);

/** A 400 that names another field is about the settings: every event would be refused. */
export function misconfigured(answer: HttpAnswer, host: string): AdapterError | undefined {
  if (answer.status !== 400) return undefined;
  const { errors } = (jsonOf(answer) ?? {}) as { errors?: unknown };
  const fields = typeof errors === 'object' && errors !== null ? Object.keys(errors) : [];
  if (fields.length === 0 || fields.some((name) => ofEvent.has(name))) return undefined;
  const shown = fields.filter((name) => /^\w{1,40}$/.test(name)).join(', ');
  const why = `${host} answered 400: it does not take what it got for ${shown || 'a field'}. Check project, issue_type, priorities and labels, and which fields its screen wants.`;
  return new AdapterError('reject_sink', 'bad_config', why, { status: 400 });
}

/** A query holds nothing of the event, so a refusal is about the project. */
export function badQuery({ status }: HttpAnswer, host: string): AdapterError | undefined {
  if (status !== 400) return undefined;
  const why = `${host} answered 400: it has no such project, or does not show it to this user. Check project and user.`;
  return new AdapterError('reject_sink', 'bad_config', why, { status });
}

/** Of an issue that was deleted, or is hidden from this user by now. */
export function goneOf({ status }: HttpAnswer, host: string): AdapterError | undefined {
  if (status !== 404) return undefined;
  const why = `${host} answered 404: the issue is gone, or this user may not see it.`;
  return new AdapterError('reject_event', 'gone', why, { status });
}

/** A login page answers 200. @param made what Jira may answer in place of nothing */
export function unlikeJira(
  answer: HttpAnswer,
  host: string,
  { secrets, made }: { readonly secrets: readonly string[]; readonly made: z.ZodType },
): AdapterError | undefined {
  const { status } = answer;
  if (status < 200 || status > 299 || status === 204) return undefined;
  if (made.safeParse(jsonOf(answer)).success) return undefined;
  return strangersAnswer(answer, host, 'Jira', secrets);
}
