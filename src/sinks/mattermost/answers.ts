// What Mattermost's answers mean, beyond what kit/http/status.ts knows of every status. It decides
// no retry, and its texts never hold the hook's id.
import { AdapterError } from '../../kit/errors.ts';
import type { HttpAnswer } from '../../kit/http/index.ts';
import { answerText, failureOf } from '../../kit/http/status.ts';

/** The far end: the host that people may see, and the texts that they must not. */
export interface Hook {
  readonly host: string;
  readonly secrets: readonly string[];
}

const whereUrl = 'MATTERMOST_WEBHOOK_URL (in tocsin.yaml: the url of this sink)';

/** Replaces the text of kit/http/status.ts; outcome and reason stay. */
const advice: Readonly<Record<number, string>> = {
  401: `It wants a login, which a webhook never needs: a proxy stands before it. Check ${whereUrl}.`,
  403: 'The webhook may not post there. It is locked to another channel, or its owner is no member any more: look at it under Integrations → Incoming Webhooks.',
  404: `There is no webhook at this address, or its channel is gone. Check ${whereUrl}: host, subpath and id.`,
  410: `The webhook was removed. Create a new one and put it into ${whereUrl}.`,
  501: 'Incoming webhooks are switched off there. A system administrator can enable them: System Console → Integrations → Integration Management.',
};

/** For a 403 that is not Mattermost's own. */
const strangersRefusal =
  'Mattermost does not say no in this way: a proxy or a web application firewall before it probably refused this request, and its log says why. If there is none, look at the webhook under Integrations → Incoming Webhooks.';

/** Success is 200 with the word `ok`; a login page or a proxy answers 200 as well. */
export function isAccepted({ status, body, truncated }: HttpAnswer): boolean {
  return status === 200 && !truncated && body.trim() === 'ok';
}

/** Servers whose licence or settings forbid a priority refuse it with one of these statuses. */
export function mayBeOfPriority({ status }: HttpAnswer): boolean {
  return status === 400 || status === 422 || status === 500 || status === 501;
}

/** The error for an answer that was not accepted; see {@link isAccepted}. */
export function refusalOf(answer: HttpAnswer, { host, secrets }: Hook): AdapterError {
  const { status } = answer;
  if (status < 400) {
    const what =
      status < 300
        ? 'but not with the “ok” of a Mattermost webhook'
        : 'and redirects, which is not followed';
    const message = `${host} answered ${status}, ${what}: a login page, a proxy, or http for https. Check ${whereUrl}.`;
    return new AdapterError('reject_sink', 'bad_config', message, {
      status,
      answer: answerText(answer, secrets),
    });
  }
  // Never undefined at 400 and above.
  const failure = failureOf(answer, host, secrets)!;
  const words = status === 403 && !isServersOwn(answer) ? strangersRefusal : advice[status];
  return words === undefined ? failure : reworded(failure, `${host} answered ${status}. ${words}`);
}

function reworded(failure: AdapterError, message: string): AdapterError {
  const { outcome, reason, status, retryAfterMs, quota, answer } = failure;
  return new AdapterError(outcome, reason, message, { status, retryAfterMs, quota, answer });
}

/**
 * Reads the answer to a post into a channel that cannot exist. The server looks for the hook before
 * the channel, so its own 404, or a 403 about a lock, proves that the hook works: then undefined.
 */
export function probeFailure(answer: HttpAnswer, hook: Hook): AdapterError | undefined {
  const { status } = answer;
  if (isAccepted(answer)) return undefined;
  if (status === 404 && isServersOwn(answer)) return undefined;
  if (status === 403 && isServersOwn(answer) && /locked/i.test(answer.body)) return undefined;
  if (status !== 400) return refusalOf(answer, hook);
  const message = `${hook.host} answered 400: it does not know the webhook (deleted, or its channel archived). Create a new one under Integrations → Incoming Webhooks and put it into ${whereUrl}.`;
  return new AdapterError('reject_sink', 'bad_config', message, {
    status,
    answer: answerText(answer, hook.secrets),
  });
}

/** Whether Mattermost itself answered: a wrong path or host gives a page, or "no such route". */
export function isServersOwn({ body }: HttpAnswer): boolean {
  try {
    const { id, status_code: code } = JSON.parse(body) as { id?: unknown; status_code?: unknown };
    if (typeof id === 'string') return id !== 'api.context.404.app_error';
    return typeof code === 'number';
  } catch {
    return false;
  }
}
