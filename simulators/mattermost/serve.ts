// Answers the requests to the simulated Mattermost: rate limit, size, route, fault, and then the
// hook or the REST API.
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { FaultQueue } from '../fault-queue.ts';
import { end, type HttpFault, showFault } from '../http-fault.ts';
import { readBody } from '../loopback.ts';
import { answerApi } from './api.ts';
import type { ApiWorld } from './api-world.ts';
import { generalRefusal, type Hook, judge, type Refusal } from './hook.ts';
import { deliveryIdIn, newId } from './ledger.ts';
import { parsePayload } from './payload.ts';
import type { RateVerdict } from './rate-limiter.ts';

/**
 * `unknown_hook`: as if the hook was deleted. `disabled`: incoming webhooks are switched off.
 */
export type MattermostFault = HttpFault | 'unknown_hook' | 'disabled';

export interface MattermostWorld extends ApiWorld {
  readonly users: ReadonlySet<string>;
  readonly faults: FaultQueue<MattermostFault>;
  /** Absent: no rate limit. */
  readonly limit: ((nowMs: number) => RateVerdict) | undefined;
  readonly bodyBytesMax: number;
  readonly tooLargeStatus: 413 | 400;
}

interface HookRequest {
  readonly hookId: string;
  readonly body: string;
  readonly contentType: string;
  readonly deliveryId: string | undefined;
  /** Of a request to the API. */
  readonly call?: string;
}

/** How many bytes the server reads beyond the configured limit. */
const slackBytes = 512;
const targetLengthMax = 2048;
const html =
  '<!doctype html><html><head><title>Mattermost</title></head><body>Cannot connect to Mattermost</body></html>';

export async function answerRequest(
  world: MattermostWorld,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const verdict = world.limit?.(Date.now());
  for (const [name, value] of Object.entries(verdict?.headers ?? {}))
    response.setHeader(name, value);
  response.setHeader('X-Request-Id', newId());
  response.setHeader('X-Version-Id', '11.10.0.simulated');
  const bytes = await readBody(request, world.bodyBytesMax + slackBytes);
  if (verdict?.isLimited) {
    world.ledger.note(429);
    return end(response, 429, 'text/plain; charset=utf-8', 'limit exceeded\n');
  }
  const target = request.url ?? '/';
  if (target.length > targetLengthMax) return end(response, 414, 'text/html', html);
  const apiTarget = /^\/api\/v4(\/.*)$/.exec(target)?.[1];
  if (apiTarget !== undefined) {
    const body = bytes?.toString();
    return answerApiRequest(world, { request, target: apiTarget, body }, response);
  }
  const hookId = /^\/hooks\/([A-Za-z0-9]+)(?:\?|$)/.exec(target)?.[1];
  if (hookId === undefined || request.method !== 'POST')
    return end(response, 404, 'text/html', html);
  if (bytes === undefined)
    return refuse(world, response, tooLarge(world.tooLargeStatus, hookId), undefined);
  const body = bytes.toString();
  const contentType = request.headers['content-type'] ?? '';
  await answerHook(world, { hookId, body, contentType, deliveryId: deliveryIdIn(body) }, response);
}

async function answerHook(
  world: MattermostWorld,
  request: HookRequest,
  response: ServerResponse,
): Promise<void> {
  const fault = world.faults.take(request.body);
  if (fault !== undefined && (await showFaultBefore(world, fault, request, response))) return;
  const refusal = accept(world, request, fault);
  if (refusal !== undefined) return refuse(world, response, refusal, request.deliveryId);
  const isAnswered = fault !== 'reset_after' && fault !== 'hang_after';
  world.ledger.note(isAnswered ? 200 : 0, request.deliveryId);
  if (isAnswered) end(response, 200, 'text/plain', 'ok');
  else if (fault === 'reset_after') response.socket?.resetAndDestroy();
}

interface ApiRequestParts {
  readonly request: IncomingMessage;
  /** Behind `/api/v4`. */
  readonly target: string;
  /** Undefined if it is too large. */
  readonly body: string | undefined;
}

async function answerApiRequest(
  world: MattermostWorld,
  { request, target, body }: ApiRequestParts,
  response: ServerResponse,
): Promise<void> {
  const call = `${request.method} /api/v4${target}`;
  if (body === undefined) {
    world.ledger.note(413, undefined, call);
    return endWithError(response, tooLarge(413, ''));
  }
  const deliveryId = deliveryIdIn(body);
  const fault = world.faults.take(body, call);
  if (fault !== undefined) {
    if (await showFaultBefore(world, fault, { hookId: '', deliveryId, call }, response)) return;
  }
  const { method = '' } = request;
  const { authorization } = request.headers;
  const answer = await answerApi(world, { method, target, authorization, body });
  const isAnswered = fault !== 'reset_after' && fault !== 'hang_after';
  world.ledger.note(isAnswered ? answer.status : 0, deliveryId, call);
  if (isAnswered) end(response, answer.status, 'application/json', JSON.stringify(answer.body));
  else if (fault === 'reset_after') response.socket?.resetAndDestroy();
}

/** @returns true if the fault replaces the answer, so that no post is made */
function showFaultBefore(
  { ledger }: MattermostWorld,
  fault: MattermostFault,
  { hookId, deliveryId, call }: Pick<HookRequest, 'hookId' | 'deliveryId' | 'call'>,
  response: ServerResponse,
): Promise<boolean> | boolean {
  if (fault === 'unknown_hook' || fault === 'disabled') return false;
  return showFault(fault, response, {
    page: html,
    note: (status) => ledger.note(status, deliveryId, call),
    refuse: (status) => endWithError(response, generalRefusal(status, hookId)),
  });
}

/** Makes the posts. @returns the refusal if it does not */
function accept(
  { ledger, hooks, directory, users, takesPriority, settings }: MattermostWorld,
  { hookId, body, contentType, deliveryId }: HookRequest,
  fault: MattermostFault | undefined,
): Refusal | undefined {
  const known: ReadonlyMap<string, Hook> = fault === 'unknown_hook' ? new Map() : hooks;
  const isEnabled = fault !== 'disabled' && settings.EnableIncomingWebhooks;
  if (ledger.onlyCounts && isEnabled && known.has(hookId)) {
    ledger.count(deliveryId);
    return undefined;
  }
  const hasPost = (id: string, name: string) => ledger.post(id)?.channel === name;
  const channel = (name: string) => {
    const found = directory.channelNamed(name);
    return found?.isArchived ? undefined : found;
  };
  const world = { isEnabled, hooks: known, channel, users, takesPriority, hasPost };
  const result = judge(world, hookId, parsePayload(body, contentType));
  if ('status' in result) return result;
  ledger.keep(result.drafts, result.channel);
  return undefined;
}

function tooLarge(status: 413 | 400, hookId: string): Refusal {
  if (status === 400) return generalRefusal(400, hookId);
  return {
    status,
    id: 'api.context.request_body_too_large.app_error',
    message: 'Request body too large.',
  };
}

function refuse(
  world: MattermostWorld,
  response: ServerResponse,
  refusal: Refusal,
  deliveryId: string | undefined,
): void {
  world.ledger.note(refusal.status, deliveryId);
  endWithError(response, refusal);
}

function endWithError(response: ServerResponse, { status, id, message }: Refusal): void {
  const request_id = response.getHeader('X-Request-Id');
  const body = { id, message, detailed_error: '', request_id, status_code: status };
  end(response, status, 'application/json', JSON.stringify(body));
}
