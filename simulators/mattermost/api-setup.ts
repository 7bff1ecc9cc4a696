// What an administrator does by the simulated REST API before a bot can post: bots and their tokens,
// members, commands, incoming webhooks, and the settings of the server.
import {
  type ApiAnswer,
  type ApiCall,
  ApiRefusal,
  forbidden,
  type ServerSettings,
} from './api-world.ts';
import { newId } from './ledger.ts';

export function defaultSettings(): ServerSettings {
  return {
    ShowEmailAddress: true,
    EnableBotAccountCreation: true,
    EnableCommands: true,
    EnableIncomingWebhooks: true,
    EnablePostUsernameOverride: false,
    EnablePostIconOverride: false,
    AllowedUntrustedInternalConnections: '',
  };
}

export function getConfig({ world, user }: ApiCall): ApiAnswer {
  assertAdmin(user, 'sysconsole_read');
  return { status: 200, body: { ServiceSettings: world.settings } };
}

export function createBot({ world, user, body }: ApiCall): ApiAnswer {
  assertAdmin(user, 'create_bot');
  if (!world.settings.EnableBotAccountCreation)
    throw new ApiRefusal(403, 'api.bot.create_disabled');
  const { username } = body as { username?: string };
  if (!username || !/^[a-z][a-z0-9._-]{2,63}$/.test(username))
    throw new ApiRefusal(400, 'model.bot.is_valid.username.app_error');
  if (world.directory.userNamed(username) !== undefined)
    throw new ApiRefusal(400, 'store.sql_user.save.username_exists.app_error');
  const bot = world.directory.addBot(username);
  return { status: 201, body: { user_id: bot.id, username } };
}

export function enableBot({ world, user, path: [id = ''] }: ApiCall): ApiAnswer {
  assertAdmin(user, 'manage_bots');
  const bot = world.directory.user(id);
  if (bot?.isBot !== true) throw new ApiRefusal(404, 'store.sql_bot.get.missing.app_error');
  world.directory.setDisabled(id, false);
  return { status: 200, body: { user_id: id, username: bot.username, delete_at: 0 } };
}

/** A token is shown this once. */
export function createToken({ world, user, path: [id = ''], body }: ApiCall): ApiAnswer {
  if (!user.isAdmin && user.id !== id) throw forbidden('edit_other_users');
  const { description = '' } = (body ?? {}) as { description?: string };
  const { token, ...shown } = world.directory.addToken(id, description);
  return { status: 200, body: { ...shown, user_id: id, token, is_active: true } };
}

export function getTokens({ world, user, path: [id = ''] }: ApiCall): ApiAnswer {
  if (!user.isAdmin && user.id !== id) throw forbidden('read_user_access_token');
  const body = world.directory
    .tokensOf(id)
    .map(({ token: _, ...shown }) => ({ ...shown, user_id: id, is_active: true }));
  return { status: 200, body };
}

export function getTeamMember({ world, user, path: [, who = ''] }: ApiCall): ApiAnswer {
  if (!user.isAdmin && !world.directory.isInTeam(user.id)) throw forbidden('view_team');
  if (!world.directory.isInTeam(who))
    throw new ApiRefusal(404, 'app.team.get_member.missing.app_error');
  return { status: 200, body: { team_id: world.directory.team.id, user_id: who } };
}

export function addTeamMember({ world, user, body }: ApiCall): ApiAnswer {
  assertAdmin(user, 'add_user_to_team');
  const { user_id: joining = '' } = body as { user_id?: string };
  if (world.directory.user(joining) === undefined)
    throw new ApiRefusal(404, 'app.user.missing_account.const');
  world.directory.joinTeam(joining);
  return { status: 201, body: { team_id: world.directory.team.id, user_id: joining } };
}

interface WrittenCommand {
  readonly trigger?: string;
  readonly url?: string;
}

export function createCommand({ world, user, body }: ApiCall): ApiAnswer {
  assertCommands({ world, user });
  const { trigger = '', url = '' } = (body ?? {}) as WrittenCommand;
  if (world.commands.has(trigger))
    throw new ApiRefusal(400, 'api.command.duplicate_trigger.app_error');
  const command = { id: newId(), token: newId(), trigger, url };
  world.commands.set(trigger, command);
  return { status: 201, body: wireCommand(command, world) };
}

export function updateCommand({ world, user, path: [id = ''], body }: ApiCall): ApiAnswer {
  assertCommands({ world, user });
  const known = [...world.commands.values()].find((one) => one.id === id);
  if (known === undefined) throw new ApiRefusal(404, 'store.sql_command.get.missing.app_error');
  const { trigger = known.trigger, url = known.url } = (body ?? {}) as WrittenCommand;
  const command = { ...known, trigger, url };
  world.commands.delete(known.trigger);
  world.commands.set(trigger, command);
  return { status: 200, body: wireCommand(command, world) };
}

export function getCommands({ world, user }: ApiCall): ApiAnswer {
  assertCommands({ world, user });
  const body = [...world.commands.values()].map((one) => wireCommand(one, world));
  return { status: 200, body };
}

function assertCommands({ world, user }: Pick<ApiCall, 'world' | 'user'>): void {
  if (!world.settings.EnableCommands) throw new ApiRefusal(501, 'api.command.disabled.app_error');
  assertAdmin(user, 'manage_own_slash_commands');
}

function wireCommand(
  command: NonNullable<ReturnType<ApiCall['world']['commands']['get']>>,
  { directory }: ApiCall['world'],
): object {
  return { ...command, team_id: directory.team.id, method: 'P' };
}

export function getHooks({ world, user }: ApiCall): ApiAnswer {
  assertHooks({ world, user });
  const body = [...world.hooks.values()].map((hook) => wireHook(hook, world));
  return { status: 200, body };
}

export function getHook({ world, user, path: [id = ''] }: ApiCall): ApiAnswer {
  assertHooks({ world, user });
  const hook = world.hooks.get(id);
  if (hook === undefined) throw new ApiRefusal(404, 'app.webhooks.get_incoming.app_error');
  return { status: 200, body: wireHook(hook, world) };
}

export function createHook({ world, user, body }: ApiCall): ApiAnswer {
  assertHooks({ world, user });
  const written = (body ?? {}) as Record<string, unknown>;
  const channel = world.directory.channelOf(String(written.channel_id ?? ''));
  if (channel === undefined) throw new ApiRefusal(404, 'app.channel.get.existing.app_error');
  const hook = {
    ...{ id: newId(), channel: channel.name, isLocked: written.channel_locked === true },
    name: String(written.display_name ?? ''),
  };
  world.hooks.set(hook.id, hook);
  return { status: 201, body: wireHook(hook, world) };
}

function assertHooks({ world, user }: Pick<ApiCall, 'world' | 'user'>): void {
  if (!world.settings.EnableIncomingWebhooks)
    throw new ApiRefusal(501, 'api.incoming_webhook.disabled.app_error');
  assertAdmin(user, 'manage_own_incoming_webhooks');
}

function wireHook(
  { id, channel, isLocked, name = '' }: NonNullable<ReturnType<ApiCall['world']['hooks']['get']>>,
  { directory }: ApiCall['world'],
): object {
  return {
    ...{ id, channel_id: directory.channelNamed(channel)?.id ?? '', display_name: name },
    ...{ team_id: directory.team.id, channel_locked: isLocked },
  };
}

/** @param permission as the server names it */
function assertAdmin({ isAdmin }: ApiCall['user'], permission: string): void {
  if (!isAdmin) throw forbidden(permission);
}
