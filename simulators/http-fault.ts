// What any simulated far end may show in place of its answer.
import type { ServerResponse } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';

/**
 * A number is a status. `reset_after`, `hang_after`: what was asked is done, and not answered.
 * `html`: 200 with a login page.
 */
export type HttpFault =
  | number
  | 'html'
  | 'reset_before'
  | 'reset_after'
  | 'hang'
  | 'hang_after'
  | 'redirect'
  | { readonly status: number; readonly retryAfter?: string; readonly body?: string }
  | { readonly slowMs: number };

export interface FarEndVoice {
  /** Of a login page. */
  readonly page: string;
  /** Writes down what was answered; 0: no answer. */
  note(status: number): void;
  /** Answers a status as the product does. */
  refuse(status: number): void;
}

/** @returns true if the fault replaces the answer, so that nothing is done */
export async function showFault(
  fault: HttpFault,
  response: ServerResponse,
  { page, note, refuse }: FarEndVoice,
): Promise<boolean> {
  if (typeof fault === 'number' || (typeof fault === 'object' && 'status' in fault)) {
    const shown: { status: number; retryAfter?: string; body?: string } =
      typeof fault === 'number' ? { status: fault } : fault;
    note(shown.status);
    if (shown.retryAfter !== undefined) response.setHeader('Retry-After', shown.retryAfter);
    if (shown.body !== undefined) end(response, shown.status, 'text/plain', shown.body);
    else refuse(shown.status);
    return true;
  }
  if (typeof fault === 'object') {
    await sleep(fault.slowMs);
    return false;
  }
  if (fault === 'html' || fault === 'redirect') {
    const status = fault === 'html' ? 200 : 302;
    note(status);
    if (fault === 'redirect') response.setHeader('Location', '/login');
    end(response, status, 'text/html', page);
    return true;
  }
  if (fault !== 'hang' && fault !== 'reset_before') return false;
  note(0);
  if (fault === 'reset_before') response.socket?.resetAndDestroy();
  return true;
}

export function end(
  response: ServerResponse,
  status: number,
  contentType: string,
  body: string,
): void {
  response
    .writeHead(status, { 'Content-Type': contentType, 'Content-Length': Buffer.byteLength(body) })
    .end(body);
}
