// The routes of the simulated REST API, and who may call them. Differences from a real server:
// - There is one team and no licence; roles are "user" and "administrator" alone.
// - Error texts are ours; statuses and the ids of errors are the server's.
// - A deleted post stays in a listing by `since`; rows of edit history are not listed.
// - No WebSocket, dialogs, files, direct channels, threads of followers, or read marks.
// - Dialogs, `goto_location` and menus with a data source are not acted on.
// - Every emoji is known, and nobody's keywords are.
// - Of the settings of a server there are those that a setup meets; what an administrator asks for in
//   a setup, other than bots, tokens, members and new commands, follows the server's documentation.
// - One node, whose memory of a `pending_post_id` ends with the process.
import { execute, press } from './actions.ts';
import {
  addMember,
  getChannel,
  getChannelNamed,
  getMe,
  getMember,
  getTeamNamed,
  getUser,
  getUserNamed,
  getUsersOf,
} from './api-people.ts';
import {
  createPost,
  deletePost,
  getPost,
  getPostsOfChannel,
  getThread,
  patchPost,
  pin,
  react,
} from './api-posts.ts';
import {
  addTeamMember,
  createBot,
  createCommand,
  createHook,
  createToken,
  enableBot,
  getCommands,
  getConfig,
  getHook,
  getHooks,
  getTeamMember,
  getTokens,
  updateCommand,
} from './api-setup.ts';
import {
  type ApiAnswer,
  type ApiCall,
  ApiRefusal,
  type ApiWorld,
  invalidBody,
} from './api-world.ts';

type Handler = (call: ApiCall) => ApiAnswer | Promise<ApiAnswer>;

const id = '([a-z0-9]{26})';
const name = '([A-Za-z0-9._-]+)';

const routes: readonly (readonly [string, RegExp, Handler])[] = (
  [
    ['GET', '/users/me', getMe],
    ['GET', `/users/${id}`, getUser],
    ['GET', `/users/username/${name}`, getUserNamed],
    ['POST', '/users/ids', getUsersOf],
    ['POST', `/users/${id}/tokens`, createToken],
    ['GET', `/users/${id}/tokens`, getTokens],
    ['POST', '/bots', createBot],
    ['POST', `/bots/${id}/enable`, enableBot],
    ['GET', '/config', getConfig],
    ['GET', `/teams/name/${name}/channels/name/${name}`, getChannelNamed],
    ['GET', `/teams/name/${name}`, getTeamNamed],
    ['POST', `/teams/${id}/members`, addTeamMember],
    ['GET', `/teams/${id}/members/${id}`, getTeamMember],
    ['GET', `/channels/${id}`, getChannel],
    ['GET', `/channels/${id}/members/(me|[a-z0-9]{26})`, getMember],
    ['POST', `/channels/${id}/members`, addMember],
    ['GET', `/channels/${id}/posts`, getPostsOfChannel],
    ['POST', '/posts', createPost],
    ['GET', `/posts/${id}`, getPost],
    ['DELETE', `/posts/${id}`, deletePost],
    ['GET', `/posts/${id}/thread`, getThread],
    ['PUT', `/posts/${id}/patch`, patchPost],
    ['POST', `/posts/${id}/(pin|unpin)`, pin],
    ['POST', `/posts/${id}/actions/([^/]+)`, press],
    ['POST', '/reactions', react],
    ['POST', '/commands', createCommand],
    ['GET', '/commands', getCommands],
    ['PUT', `/commands/${id}`, updateCommand],
    ['GET', '/hooks/incoming', getHooks],
    ['GET', `/hooks/incoming/${id}`, getHook],
    ['POST', '/hooks/incoming', createHook],
    ['POST', '/commands/execute', execute],
  ] as const
).map(([method, path, handler]) => [method, new RegExp(`^${path}$`), handler]);

export interface ApiRequest {
  readonly method: string;
  /** Behind `/api/v4`, with the query. */
  readonly target: string;
  readonly authorization: string | undefined;
  readonly body: string;
}

/** What the server answers; it never throws. */
export async function answerApi(world: ApiWorld, request: ApiRequest): Promise<ApiAnswer> {
  try {
    return await routed(world, request);
  } catch (error) {
    if (!(error instanceof ApiRefusal)) throw error;
    const { status, id: errorId, message } = error.refusal;
    const body = { id: errorId, message, detailed_error: '', request_id: '', status_code: status };
    return { status, body };
  }
}

async function routed(world: ApiWorld, request: ApiRequest): Promise<ApiAnswer> {
  const { method, target, authorization, body } = request;
  const url = new URL(`http://localhost${target}`);
  if (method === 'GET' && url.pathname === '/system/ping')
    return { status: 200, body: { status: 'OK' } };
  for (const [ofRoute, path, handler] of routes) {
    const found = ofRoute === method ? path.exec(url.pathname) : null;
    if (found === null) continue;
    const user = world.directory.userOfToken(/^Bearer (\S+)$/.exec(authorization ?? '')?.[1] ?? '');
    if (user === undefined)
      throw new ApiRefusal(401, 'api.context.session_expired.app_error', 'Invalid session.');
    const call = { world, user, path: found.slice(1), query: url.searchParams, body: read(body) };
    return handler(call);
  }
  throw new ApiRefusal(404, 'api.context.404.app_error', 'Sorry, we could not find the page.');
}

function read(body: string): unknown {
  if (body === '') return undefined;
  try {
    return JSON.parse(body);
  } catch {
    throw invalidBody();
  }
}
