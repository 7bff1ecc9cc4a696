// What the simulated Mattermost calls itself: the far end of a button and of a slash command, on
// loopback and nowhere else, once for each click.
import { randomBytes } from 'node:crypto';
import { z } from 'zod';
import { draftOf, readable } from './api-posts.ts';
import { type ApiAnswer, type ApiCall, ApiRefusal, forbidden } from './api-world.ts';
import type { User } from './directory.ts';
import type { Post } from './post.ts';

const action = z.looseObject({
  id: z.string(),
  name: z.string().nullish(),
  type: z.string().nullish(),
  integration: z
    .looseObject({ url: z.string(), context: z.record(z.string(), z.unknown()).nullish() })
    .nullish(),
});

const answerToClick = z.looseObject({
  update: z
    .looseObject({
      message: z.string().nullish(),
      props: z.record(z.string(), z.unknown()).nullish(),
    })
    .nullish(),
  ephemeral_text: z.string().nullish(),
});

const timeoutMs = 30_000;
const answerLengthMax = 1_048_576;

/** Presses a button: calls its far end, and does what that answers. */
export async function press(call: ApiCall): Promise<ApiAnswer> {
  const { world, user, path } = call;
  const [id = '', actionId = ''] = path;
  const post = readable(world, user.id, id);
  const found = post.attachments
    .flatMap(({ actions }) => actions ?? [])
    .flatMap((one) => action.safeParse(one).data ?? [])
    .find((one) => one.id === actionId && /^[A-Za-z0-9]+$/.test(one.id));
  const integration = found?.integration;
  if (found === undefined || !integration)
    throw new ApiRefusal(404, 'api.post.do_action.action_id.app_error');
  const triggerId = triggerOf(user);
  const selected = (call.body as { selected_option?: string } | undefined)?.selected_option;
  const context = { ...integration.context, ...(selected && { selected_option: selected }) };
  const request = {
    ...senderOf(call, post),
    ...{
      post_id: id,
      trigger_id: triggerId,
      type: found.type ?? 'button',
      data_source: '',
      context,
    },
  };
  const answer = await askForClick(integration.url, JSON.stringify(request));
  showAnswer(call, post, answer);
  return { status: 200, body: { status: 'OK', trigger_id: triggerId } };
}

function senderOf({ world, user }: ApiCall, { channel }: Pick<Post, 'channel'>): object {
  const { team } = world.directory;
  return {
    ...{ user_id: user.id, user_name: user.username, channel_name: channel },
    ...{ channel_id: world.directory.channelNamed(channel)?.id ?? '' },
    ...{ team_id: team.id, team_domain: team.name },
  };
}

async function askForClick(url: string, body: string): Promise<z.output<typeof answerToClick>> {
  const refused = new ApiRefusal(400, 'api.post.do_action.action_integration.app_error');
  const headers = { 'Content-Type': 'application/json' };
  const { status, text } = await call(url, body, headers).catch(() => ({ status: 0, text: '' }));
  if (status !== 200 || text.length > answerLengthMax) throw refused;
  try {
    return answerToClick.parse(text.trim() === '' ? {} : (JSON.parse(text) ?? {}));
  } catch {
    throw refused;
  }
}

/** `update` without `message` empties it; of the old props only those of webhooks are kept. */
function showAnswer(
  { world, user }: ApiCall,
  post: Post,
  { update, ephemeral_text: text }: z.output<typeof answerToClick>,
): void {
  if (text) world.ephemerals.push({ userId: user.id, text, postId: post.id });
  if (!update) return;
  const kept = Object.fromEntries(
    Object.entries(post.props).filter(([key]) => /^(?:from_webhook|override_)/.test(key)),
  );
  const props = update.props ?? { ...post.props, attachments: post.attachments };
  world.ledger.edit(post.id, draftOf(update.message ?? '', { ...kept, ...props }));
}

/** `/tocsin …` as a user types it in a channel. */
export async function execute(apiCall: ApiCall): Promise<ApiAnswer> {
  const { world, user, body } = apiCall;
  const { channel_id: channelId = '', command: typed = '' } = (body ?? {}) as {
    channel_id?: string;
    command?: string;
  };
  const channel = world.directory.channelOf(channelId);
  if (channel === undefined || !world.directory.isMember(user.id, channel))
    throw forbidden('create_post');
  const [, trigger = '', text = ''] = /^\/(\S+)\s*(.*)$/s.exec(typed) ?? [];
  const command = world.commands.get(trigger);
  if (command === undefined) throw new ApiRefusal(404, 'api.command.execute_command.not_found');
  const form = new URLSearchParams({
    ...(senderOf(apiCall, { channel: channel.name }) as Record<string, string>),
    ...{ command: `/${trigger}`, text, token: command.token, trigger_id: triggerOf(user) },
    ...{ root_id: '', response_url: '' },
  });
  const answer = await call(command.url, form.toString(), {
    'Content-Type': 'application/x-www-form-urlencoded',
    Authorization: `Token ${command.token}`,
  }).catch(() => ({ status: 0, text: '' }));
  if (answer.status !== 200)
    throw new ApiRefusal(500, 'api.command.execute_command.failed_resp.app_error');
  return { status: 200, body: shownOf(apiCall, channel.name, answer.text) };
}

function shownOf({ world, user }: ApiCall, channel: string, answered: string): unknown {
  const failed = new ApiRefusal(500, 'api.command.execute_command.failed.app_error');
  if (answered.trim() === '') throw failed;
  let said: { response_type?: string; text?: string };
  try {
    said = answered.trimStart().startsWith('{') ? JSON.parse(answered) : { text: answered };
  } catch {
    throw failed;
  }
  const text = said.text ?? '';
  if (said.response_type === 'in_channel')
    world.ledger.keep([draftOf(text, {})], channel, { userId: user.id });
  else world.ephemerals.push({ userId: user.id, text });
  return said;
}

/** Names user and time, as the server's own does; nobody checks this one. */
function triggerOf(user: User): string {
  const signature = randomBytes(32).toString('base64');
  return Buffer.from(`${user.id}:${user.id}:${Date.now()}:${signature}`).toString('base64');
}

async function call(url: string, body: string, headers: Record<string, string>) {
  const { hostname } = new URL(url);
  if (hostname !== '127.0.0.1' && hostname !== 'localhost')
    throw new Error(`the simulator calls nothing but loopback, not ${hostname}`);
  const answer = await fetch(url, {
    ...{ method: 'POST', body, signal: AbortSignal.timeout(timeoutMs) },
    headers: { 'User-Agent': 'Mattermost-Bot/1.1', Accept: 'application/json', ...headers },
  });
  return { status: answer.status, text: await answer.text() };
}
