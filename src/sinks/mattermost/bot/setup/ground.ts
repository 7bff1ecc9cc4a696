// What the steps of a setup share: the server, who asks it, and what the sinks of the configuration
// want there. Pure.
import { z } from 'zod';
import type { HttpClient } from '../../../../kit/http/index.ts';
import type { SetupSink } from '../../../../kit/setup.ts';
import { config, routeSettings } from '../config.ts';
import type { Administrator } from './administrator.ts';
import type { Steps } from './steps.ts';

export interface Ground {
  readonly admin: Administrator;
  readonly steps: Steps;
  readonly http: HttpClient;
  readonly signal: AbortSignal;
  /** Of the server, without a slash at its end. */
  readonly url: string;
  readonly account: string;
  readonly isNewToken: boolean;
  readonly publicUrl: string | undefined;
}

/** What a sink wants at its server. */
export interface Wish {
  readonly id: string;
  readonly url: string;
  readonly token: string | undefined;
  readonly commandToken: string | undefined;
  /** Its own channel and those of routes, as written. */
  readonly channels: readonly string[];
  /** Whether people act there, so that it needs the slash command and a way for presses. */
  readonly hasPeople: boolean;
}

const { url, channel } = config.shape;
const text = z.string().min(1).optional().catch(undefined);
const written = z.looseObject({ url, channel, token: text, command_token: text });

/** Undefined: address or channel is missing. */
export function wishOf({ id, settings, ofRoutes }: SetupSink): Wish | undefined {
  const read = written.safeParse(settings);
  if (!read.success) return undefined;
  const { data } = read;
  const others = ofRoutes.flatMap((one) => routeSettings.safeParse(one).data?.channel ?? []);
  return {
    ...{ id, url: data.url, token: data.token, commandToken: data.command_token },
    channels: [...new Set([data.channel, ...others])],
    hasPeople: settings.people !== undefined,
  };
}
