// Users, bots, teams and channels by the simulated REST API.
import { type ApiAnswer, type ApiCall, ApiRefusal, forbidden, invalidBody } from './api-world.ts';
import type { Channel, User } from './directory.ts';

export function getMe(call: ApiCall): ApiAnswer {
  return { status: 200, body: wireUser(call.user, call) };
}

export function getUser(call: ApiCall): ApiAnswer {
  const user = call.world.directory.user(call.path[0] ?? '');
  if (user === undefined) throw new ApiRefusal(404, 'app.user.missing_account.const');
  return { status: 200, body: wireUser(user, call) };
}

export function getUserNamed(call: ApiCall): ApiAnswer {
  const user = call.world.directory.userNamed(call.path[0] ?? '');
  if (user === undefined) throw new ApiRefusal(404, 'app.user.missing_account.const');
  return { status: 200, body: wireUser(user, call) };
}

export function getUsersOf(call: ApiCall): ApiAnswer {
  const { world, body } = call;
  if (!Array.isArray(body)) throw invalidBody();
  const users = body.flatMap((id) => world.directory.user(String(id)) ?? []);
  return { status: 200, body: users.map((one) => wireUser(one, call)) };
}

/** A private channel without the user is not told from none. */
export function getChannelNamed({ world, user, path: [team, name = ''] }: ApiCall): ApiAnswer {
  const { directory } = world;
  const channel = directory.channelNamed(name);
  const isThere = team === directory.team.name && (user.isAdmin || directory.isInTeam(user.id));
  if (channel === undefined || !isThere || !directory.mayRead(user.id, channel))
    throw new ApiRefusal(404, 'app.channel.get_by_name.missing.app_error');
  return { status: 200, body: wireChannel(channel, world) };
}

export function getChannel({ world, user, path: [id = ''] }: ApiCall): ApiAnswer {
  const channel = world.directory.channelOf(id);
  if (channel === undefined) throw new ApiRefusal(404, 'app.channel.get.existing.app_error');
  if (!world.directory.mayRead(user.id, channel)) throw forbidden('read_channel');
  return { status: 200, body: wireChannel(channel, world) };
}

export function getMember({ world, user, path: [id = '', who = ''] }: ApiCall): ApiAnswer {
  const channel = world.directory.channelOf(id);
  const asked = who === 'me' ? user.id : who;
  if (channel === undefined || !world.directory.mayRead(user.id, channel))
    throw forbidden('read_channel');
  if (!world.directory.isMember(asked, channel)) {
    if (asked === user.id) throw forbidden('read_channel');
    throw new ApiRefusal(404, 'app.channel.get_member.missing.app_error');
  }
  return { status: 200, body: { channel_id: id, user_id: asked } };
}

/** Whoever is in the team joins a public channel by themselves. */
export function addMember({ world, user, path: [id = ''], body }: ApiCall): ApiAnswer {
  const channel = world.directory.channelOf(id);
  const joining = String((body as { user_id?: unknown } | undefined)?.user_id ?? '');
  if (channel === undefined || !(user.isAdmin || world.directory.isInTeam(user.id)))
    throw forbidden('join_public_channels');
  if (channel.isPrivate && !user.isAdmin && !world.directory.isMember(user.id, channel))
    throw forbidden('manage_private_channel_members');
  if (channel.isArchived) throw new ApiRefusal(400, 'api.channel.add_members.deleted.app_error');
  if (joining !== user.id && !user.isAdmin && !world.directory.isMember(user.id, channel))
    throw forbidden('manage_public_channel_members');
  // Whoever is not in the team cannot be in one of its channels.
  if (!world.directory.isInTeam(joining))
    throw new ApiRefusal(404, 'app.team.get_member.missing.app_error');
  channel.members.add(joining);
  return { status: 201, body: { channel_id: id, user_id: joining } };
}

export function getTeamNamed({ world, user, path: [name] }: ApiCall): ApiAnswer {
  const { team } = world.directory;
  if (name !== team.name) throw new ApiRefusal(404, 'app.team.get_by_name.missing.app_error');
  if (!world.directory.isInTeam(user.id) && !user.isAdmin) throw forbidden('view_team');
  return { status: 200, body: { ...team, display_name: 'SecOps' } };
}

/** Whether an address is verified, nobody learns but its owner and administrators. */
function wireUser(
  { id, username, isBot, isAdmin, isDisabled, email, isEmailUnverified }: User,
  { user: asker, world }: ApiCall,
): object {
  const roles = isAdmin ? 'system_admin system_user' : 'system_user';
  const isTrusted = asker.isAdmin || asker.id === id;
  const address = email ?? `${username}@${isBot ? 'localhost' : 'example.com'}`;
  return {
    ...{ id, username, roles, delete_at: isDisabled ? 1 : 0 },
    email: isTrusted || world.settings.ShowEmailAddress ? address : '',
    ...(isTrusted && !isEmailUnverified && { email_verified: true }),
    ...(isBot && { is_bot: true }),
  };
}

function wireChannel(
  { id, name, isPrivate, isArchived }: Channel,
  world: ApiCall['world'],
): object {
  return {
    ...{ id, name, display_name: name, team_id: world.directory.team.id },
    ...{ type: isPrivate ? 'P' : 'O', delete_at: isArchived ? 1 : 0 },
  };
}
