// Posts by the simulated REST API: made, edited, read, pinned, reacted to, deleted. The checks are in
// the server's order as far as it was observed.
import { z } from 'zod';
import {
  type ApiAnswer,
  type ApiCall,
  ApiRefusal,
  done,
  forbidden,
  invalidBody,
} from './api-world.ts';
import type { Channel } from './directory.ts';
import { holdsNul } from './hook.ts';
import { attachment } from './payload.ts';
import { draft, type Post, type PostDraft, textLengthMax } from './post.ts';

const newPost = z.looseObject({
  channel_id: z.string().nullish(),
  message: z.string().nullish(),
  root_id: z.string().nullish(),
  type: z.string().nullish(),
  pending_post_id: z.string().nullish(),
  is_pinned: z.boolean().nullish(),
  props: z.record(z.string(), z.unknown()).nullish(),
  metadata: z
    .looseObject({
      priority: z
        .looseObject({ priority: z.string().nullish(), requested_ack: z.boolean().nullish() })
        .nullish(),
    })
    .nullish(),
});
type NewPost = z.output<typeof newPost>;

const patch = z.looseObject({
  message: z.string().nullish(),
  is_pinned: z.boolean().nullish(),
  props: z.record(z.string(), z.unknown()).nullish(),
});

export function createPost({ world, user, body }: ApiCall): ApiAnswer {
  const { ledger, directory, pending, pendingMs } = world;
  const asked = readAs(newPost, body);
  const channel = directory.channelOf(asked.channel_id ?? '');
  if (channel === undefined || !directory.isMember(user.id, channel))
    throw forbidden('create_post');
  if (asked.type?.startsWith('system_'))
    throw new ApiRefusal(400, 'api.context.invalid_param.app_error');
  const key = asked.pending_post_id ?? '';
  const known = pending.get(key);
  if (key !== '' && known !== undefined && Date.now() - known.atMs < pendingMs) {
    const post = ledger.post(known.postId);
    if (post === undefined || post.isDeleted)
      throw new ApiRefusal(500, 'api.post.deduplicate_create_post.failed_to_get');
    return { status: 201, body: wirePost(post, world) };
  }
  const refused = refusalOfPost(asked, channel, world);
  if (refused !== undefined) throw refused;
  const draft = draftOf(asked.message ?? '', asked.props ?? {});
  const [post] = ledger.keep([draft], channel.name, {
    userId: user.id,
    ...(asked.root_id ? { rootId: asked.root_id } : {}),
    ...(asked.is_pinned ? { isPinned: true } : {}),
    ...(asked.metadata?.priority?.priority ? { priority: asked.metadata.priority.priority } : {}),
  });
  if (key !== '') pending.set(key, { postId: post!.id, atMs: Date.now() });
  return { status: 201, body: wirePost(post!, world) };
}

function refusalOfPost(
  { root_id: rootId, metadata, message, props }: NewPost,
  channel: Channel,
  { ledger, takesPriority }: ApiCall['world'],
): ApiRefusal | undefined {
  if (channel.isArchived)
    return new ApiRefusal(400, 'api.post.create_post.can_not_post_to_deleted.error');
  const root = rootId ? ledger.post(rootId) : undefined;
  if (rootId && (root === undefined || root.isDeleted || root.rootId !== undefined))
    return new ApiRefusal(400, 'api.post.create_post.root_id.app_error');
  if (root !== undefined && root.channel !== channel.name)
    return new ApiRefusal(400, 'api.post.create_post.channel_root_id.app_error');
  const priority = metadata?.priority;
  if (priority?.priority && rootId)
    return new ApiRefusal(
      400,
      'api.post.post_priority.priority_post_only_allowed_for_root_post.request_error',
    );
  if (priority?.priority && !takesPriority)
    return new ApiRefusal(501, 'license_error.feature_unavailable', 'No post priority here.');
  if (priority?.requested_ack) return new ApiRefusal(501, 'license_error.feature_unavailable');
  return refusalOfContent(draftOf(message ?? '', props ?? {}));
}

function refusalOfContent(draft: PostDraft): ApiRefusal | undefined {
  if ([...draft.text].length > textLengthMax)
    return new ApiRefusal(400, 'model.post.is_valid.message_length.app_error');
  return holdsNul(draft) ? new ApiRefusal(500, 'app.post.save.app_error') : undefined;
}

export function patchPost({ world, user, path: [id = ''], body }: ApiCall): ApiAnswer {
  const asked = readAs(patch, body);
  const { ledger, directory } = world;
  const post = ledger.post(id);
  const channel = directory.channelNamed(post?.channel ?? '');
  if (post === undefined || post.isDeleted || channel === undefined) throw forbidden('edit_post');
  if (!directory.isMember(user.id, channel)) throw forbidden('edit_post');
  if (post.userId !== user.id) throw forbidden('edit_others_posts');
  if (channel.isArchived)
    throw new ApiRefusal(400, 'api.post.patch_post.can_not_update_post_in_deleted.error');
  const draft = draftOf(
    asked.message ?? post.text,
    asked.props ?? { ...post.props, attachments: post.attachments },
  );
  const refused = refusalOfContent(draft);
  if (refused !== undefined) throw refused;
  const edited = ledger.edit(id, draft)!;
  const pinned = asked.is_pinned ?? undefined;
  const changed = pinned === undefined ? edited : ledger.change(id, { isPinned: pinned })!;
  return { status: 200, body: wirePost(changed, world) };
}

export function getPost({ world, user, path: [id = ''] }: ApiCall): ApiAnswer {
  const post = readable(world, user.id, id);
  return { status: 200, body: wirePost(post, world) };
}

export function getThread({ world, user, path: [id = ''] }: ApiCall): ApiAnswer {
  const post = readable(world, user.id, id);
  const root = post.rootId === undefined ? post : readable(world, user.id, post.rootId);
  return { status: 200, body: listOf([root, ...world.ledger.repliesTo(root.id)], world) };
}

export function deletePost({ world, user, path: [id = ''] }: ApiCall): ApiAnswer {
  const post = readable(world, user.id, id);
  if (post.userId !== user.id && !user.isAdmin) throw forbidden('delete_others_posts');
  for (const reply of world.ledger.repliesTo(id))
    world.ledger.change(reply.id, { isDeleted: true });
  world.ledger.change(id, { isDeleted: true });
  return done;
}

/** Newest first, as pages or since a time. */
export function getPostsOfChannel({ world, user, path: [id = ''], query }: ApiCall): ApiAnswer {
  const channel = world.directory.channelOf(id);
  if (channel === undefined || !world.directory.mayRead(user.id, channel))
    throw forbidden('read_channel_content');
  const inChannel = world.ledger.posts.filter((post) => post.channel === channel.name).reverse();
  const since = Number(query.get('since') ?? 0);
  if (since > 0) {
    const changed = inChannel.filter((post) => (post.updatedAtMs ?? post.atMs) > since);
    return { status: 200, body: listOf(changed.slice(0, 1_000), world) };
  }
  const size = Math.min(200, Number(query.get('per_page') ?? 60));
  const from = Number(query.get('page') ?? 0) * size;
  const living = inChannel.filter(({ isDeleted }) => isDeleted !== true);
  return { status: 200, body: listOf(living.slice(from, from + size), world) };
}

export function pin({ world, user, path: [id = '', act] }: ApiCall): ApiAnswer {
  const post = world.ledger.post(id);
  if (post === undefined || post.isDeleted) throw forbidden('read_channel_content');
  readable(world, user.id, id);
  world.ledger.change(id, { isPinned: act === 'pin' });
  return done;
}

const reaction = z.object({ user_id: z.string(), post_id: z.string(), emoji_name: z.string() });

export function react({ world, user, body }: ApiCall): ApiAnswer {
  const { user_id: userId, post_id: id, emoji_name: emoji } = readAs(reaction, body);
  if (userId !== user.id) throw forbidden('create_reaction');
  const post = readable(world, user.id, id);
  if (world.directory.channelNamed(post.channel)?.isArchived)
    throw new ApiRefusal(403, 'api.reaction.save.archived_channel.app_error');
  const others = (post.reactions ?? []).filter(
    (one) => one.userId !== userId || one.emoji !== emoji,
  );
  world.ledger.change(id, { reactions: [...others, { userId, emoji }] });
  return { status: 200, body: { user_id: userId, post_id: id, emoji_name: emoji } };
}

/** @throws 404 for a deleted or unknown post, 403 for one that the user may not read */
export function readable(
  { ledger, directory }: ApiCall['world'],
  userId: string,
  id: string,
): Post {
  const post = ledger.post(id);
  if (post === undefined || post.isDeleted)
    throw new ApiRefusal(404, 'app.post.get.app_error', 'Unable to get the post.');
  const channel = directory.channelNamed(post.channel);
  if (channel === undefined || !directory.mayRead(userId, channel))
    throw forbidden('read_channel_content');
  return post;
}

/** Attachments that are no list become none, silently. */
export function draftOf(
  text: string,
  { attachments, ...props }: Record<string, unknown>,
): PostDraft {
  const list = Array.isArray(attachments) ? attachments : [];
  const read = list.flatMap((one) => {
    const { data } = attachment.safeParse(one);
    return data === undefined ? [] : [data];
  });
  return draft(text, read, props);
}

function listOf(posts: readonly Post[], world: ApiCall['world']): object {
  return {
    order: posts.map(({ id }) => id),
    posts: Object.fromEntries(posts.map((post) => [post.id, wirePost(post, world)])),
    next_post_id: '',
    prev_post_id: '',
  };
}

/** As a client gets it: nobody is told what a button calls. */
export function wirePost(post: Post, { directory, ledger }: ApiCall['world']): object {
  const attachments = post.attachments.map(({ actions, ...rest }) => ({
    ...rest,
    ...(actions && {
      actions: actions.map((one) => ({ ...(one as object), integration: undefined })),
    }),
  }));
  return {
    id: post.id,
    create_at: post.atMs,
    update_at: post.updatedAtMs ?? post.atMs,
    edit_at: post.editedAtMs ?? 0,
    delete_at: post.isDeleted ? post.updatedAtMs : 0,
    is_pinned: post.isPinned === true,
    user_id: post.userId ?? '',
    channel_id: directory.channelNamed(post.channel)?.id ?? '',
    root_id: post.rootId ?? '',
    original_id: '',
    message: post.text,
    type: '',
    props: { ...post.props, ...(attachments.length > 0 && { attachments }) },
    pending_post_id: '',
    reply_count: ledger.repliesTo(post.rootId ?? post.id).length,
    metadata: post.priority ? { priority: { priority: post.priority } } : {},
  };
}

function readAs<Schema extends z.ZodType>(schema: Schema, body: unknown): z.output<Schema> {
  const read = schema.safeParse(body);
  if (!read.success) throw invalidBody();
  return read.data;
}
