// The chat of a sink for tests: the app on a database, an event that was posted, its buttons, and
// people who press them as Mattermost's server says it.
import { beforeEach, expect, vi } from 'vitest';
import {
  ButtonTokens,
  type ChatEnd,
  createChatWords,
  People,
} from '../../../src/core/chat/index.ts';
import type { CardButton } from '../../../src/core/message/actions.ts';
import { Composers } from '../../../src/core/message/index.ts';
import { createChat } from '../../../src/http/chat/index.ts';
import type { Chat } from '../../../src/kit/chat.ts';
import type { EventDraft } from '../../../src/kit/event.ts';
import type { Locale } from '../../../src/kit/locale.ts';
import type { People as Setting } from '../../../src/kit/people.ts';
import type { Escalation } from '../../../src/kit/records/decision.ts';
import type { OperationContext } from '../../../src/operations/index.ts';
import { chatOf } from '../../../src/sinks/mattermost/chat.ts';
import { limits } from '../../../src/sinks/mattermost/render.ts';
import { insertPage } from '../../../src/store/events.ts';
import { configOf, contextOn } from '../../operations/acting.ts';
import { draft, useDatabase } from '../../store/stored.ts';

type ActionName = CardButton['action'];

export const commandToken = 'token-of-the-command';
const file = `
sources:
  a: { type: deepinstinct_events, url: "https://console.example", token: "0123456789abcdef" }
sinks:
  soc: { type: mattermost, url: "https://chat.example/hooks/abcdefghijklmnopqrstuvwxyz" }
routes:
  - { name: all, to: [soc], escalate: [{ after: 15m, to: [soc] }] }
`;
const config = configOf(file);

export const people: Setting = [
  { id: 'uana', name: 'ana', role: 'operate' },
  { id: 'ubob', name: 'bob', role: 'operate' },
  { username: 'reader', role: 'read' },
];

export interface Settings {
  readonly people?: Setting;
  readonly isMember?: NonNullable<Chat['isMember']>;
  readonly locale?: Locale;
  readonly sink?: string;
  readonly now?: () => number;
  /** Absent: the sink edits its messages itself. */
  readonly inAnswer?: ChatEnd['inAnswer'];
}

/** What the person who presses or writes is shown. */
export interface Answered {
  readonly status: number;
  readonly text: string;
  /** What the post becomes. */
  readonly update?: unknown;
}

export function useChat() {
  const db = useDatabase();
  const onFailure = vi.fn();
  beforeEach(() => onFailure.mockClear());

  function endOf({ locale = 'en', sink = 'soc', now, inAnswer, ...rest }: Settings = {}): ChatEnd {
    const chat = chatOf({ people, commandToken, ...rest });
    const voice = new Composers({}).voiceOf({ limits, can: {} }, { locale, timeZone: 'UTC' });
    return {
      sink,
      chat,
      tokens: new ButtonTokens({ sink, credential: 'secret', ...(now && { now }) }),
      people: new People(chat),
      words: createChatWords(locale, 'UTC'),
      buttons: undefined,
      ...(inAnswer && { inAnswer }),
      cardOf: (event, incident) =>
        voice.message(event, { form: 'full', showTenant: true, incident }).card,
    };
  }

  function appOf(settings: Settings = {}, around: Partial<OperationContext> = {}) {
    const end = endOf(settings);
    return createChat({
      chatOf: (sink) => (sink === end.sink ? end : undefined),
      contextOf: (actor) => ({ ...contextOn(db(), { config, ...around }), actor }),
      onFailure,
    });
  }

  /** Stores an event that was posted to `soc`; the number of its row. */
  async function posted(
    more: Partial<EventDraft> = {},
    { remoteId = 'p1', state = 'delivered', escalation } = {} as {
      readonly remoteId?: string | null;
      readonly state?: 'delivered' | 'pending';
      /** Absent: its route has no steps. */
      readonly escalation?: Escalation;
    },
  ): Promise<number> {
    const decision = { sink: 'soc', state: 'pending', reason: null, priority: 1, route: 'all' };
    const decided = { routes: ['all'], decisions: [decision as never], escalation };
    const one = { draft: draft(17, more), ...decided };
    const page = { fence: null, source: 'a', events: [one], cursor: null };
    const id = (await insertPage(db(), page))![0]!.id;
    await db().$client`
      update deliveries set remote_id = ${remoteId}, state = ${state},
        finalized_at = ${state === 'pending' ? null : new Date().toISOString()}
      where event_id = ${id}`;
    return id;
  }

  interface Press {
    readonly action?: ActionName;
    readonly event?: number;
    readonly token?: string;
    readonly user?: string;
    readonly name?: string;
    readonly post?: string;
    readonly value?: string;
    readonly settings?: Settings;
  }

  function tokenOf(
    action: ActionName,
    event: number,
    settings: Settings = {},
    stepId?: number,
  ): string {
    const button = { action, eventId: event, version: 0 };
    return endOf(settings).tokens.tokenOf(stepId === undefined ? button : { ...button, stepId });
  }

  async function press(press: Press): Promise<Answered> {
    const { action = 'why', event = 0, user = 'uana', name = 'ana', post = 'p1' } = press;
    const { settings = {}, token = tokenOf(action, event, settings), value } = press;
    const app = appOf(settings);
    const body = {
      ...{ user_id: user, user_name: name, post_id: post, channel_id: 'c1', type: 'button' },
      context: { token, ...(value !== undefined && { selected_option: value }) },
    };
    return answered(
      await app.request('/soc/actions', { method: 'POST', body: JSON.stringify(body) }),
      'ephemeral_text',
    );
  }

  async function write(
    text: string,
    { user = 'uana', name = 'ana', token = commandToken, settings = {} as Settings } = {},
  ): Promise<Answered> {
    const form = { user_id: user, user_name: name, text, command: '/tocsin', token };
    const answer = await appOf(settings).request('/soc/command', {
      method: 'POST',
      headers: {
        'content-type': 'application/x-www-form-urlencoded',
        authorization: `Token ${token}`,
      },
      body: new URLSearchParams(form).toString(),
    });
    return answered(answer, 'text');
  }

  async function audited() {
    return await db().$client`
      select actor, via, operation, target from audit_log order by id`;
  }

  return { db, endOf, appOf, posted, press, write, tokenOf, audited, onFailure };
}

async function answered(answer: Response, key: string): Promise<Answered> {
  const body = (await answer.json()) as Readonly<Record<string, unknown>>;
  if (answer.status === 200) expect(body).toHaveProperty(key);
  // As a reader sees it.
  const text = String(body[key] ?? body.error ?? '').replaceAll('\u200B', '');
  const { update } = body;
  return { status: answer.status, text, ...(update !== undefined && { update }) };
}
