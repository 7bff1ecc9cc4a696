// `tocsin render`: the message that a sink would send for an event. The sink runs as always, but
// its call ends here and not on the network.

import { type Command, type CommandIo, UsageError } from '../cli/command.ts';
import { eventHelp, eventOptions, readEvent } from '../cli/event-file.ts';
import { jsonText } from '../cli/json.ts';
import { unknownId } from '../cli/unknown-id.ts';
import { type Config, loadConfig } from '../config/index.ts';
import { type TemplatedDependencies, templated } from '../core/deliver/templated.ts';
import { type Route, routeNamed } from '../core/routing/index.ts';
import type { HttpClient } from '../kit/http/index.ts';
import { createMask } from '../kit/mask.ts';
import { createSinks } from '../service/adapters.ts';
import { exitCodes } from '../service/exit-codes.ts';
import { sinks } from '../sinks/index.ts';
import { sources } from '../sources/index.ts';

const forms = ['full', 'short', 'bare'] as const;

export const command: Command = {
  details: eventHelp,
  options: {
    ...eventOptions,
    sink: { type: 'string', value: '<sink>', help: 'The id of a sink' },
    route: {
      type: 'string',
      value: '<name>',
      help: 'As this route wants it: its channel, its template',
    },
    form: {
      type: 'string',
      value: '<form>',
      help: 'full (default), short as after a refusal, bare as after two',
    },
  },
  async run({ values }, io) {
    const form = forms.find((one) => one === (values.form ?? 'full'));
    if (form === undefined)
      throw new UsageError(`--form ${values.form} is none of: ${forms.join(', ')}.`);
    const registries = { sources, sinks };
    const config = loadConfig({
      env: io.env,
      directory: io.directory,
      registries,
      needs: ['sinks'],
    });
    const event = await readEvent(values, config, io);
    const bodies: string[] = [];
    const http = recording(bodies);
    const all = createSinks(config, registries, {
      http,
      now: Date.now,
    });
    const found = all.find(({ id }) => id === values.sink);
    if (!found)
      throw new UsageError(
        `Which sink? --sink <sink>; there is ${all.map(({ id }) => id).join(', ')}.`,
      );
    const route = routeOf(config, values.route, found.id);
    const context = {
      deliveryId: `${found.id}-${event.id}`,
      attempt: 1,
      signal: AbortSignal.timeout(15_000),
    };
    const settings = route?.settings?.get(found.id);
    const words = templated({ ...found, ...reportingTo(io) }, { event, form }, route);
    const message = found.voice.message(event, { form, showTenant: true, settings, ...words });
    // Only a call by HTTP can be recorded. Of anything else without a preview the card is shown, as
    // where the first call looks something up, and nothing is sent.
    const card = JSON.stringify(message.card);
    const preview = found.sink.preview?.(message, context.deliveryId);
    if (preview !== undefined) bodies.push(preview);
    else if (!recordable.test(found.sink.origin)) bodies.push(card);
    else
      await found.sink.send(message, context).catch((error) => {
        if (!(error instanceof Recorded)) throw error;
      });
    await found.sink.close?.();
    const mask = createMask(config.secrets);
    for (const body of bodies) io.stdout(mask(pretty(body || card)));
    return exitCodes.done;
  },
};

function routeOf({ routes }: Config, name: unknown, sink: string): Route | undefined {
  if (typeof name !== 'string') return undefined;
  const route = routeNamed(routes, name);
  const names = routes.map((one) => one.name);
  if (route === undefined) throw unknownId('route', name, names);
  if (!route.to.includes(sink)) throw new UsageError(`Route "${name}" sends nothing to ${sink}.`);
  return route;
}

/** A template that fails is reported here; elsewhere it is logged and counted. */
function reportingTo(io: CommandIo): Pick<TemplatedDependencies, 'log' | 'metrics'> {
  return {
    log: {
      warn: ({ error }) =>
        io.stderr(`tocsin render: the template ${error}: the sink’s own card is sent\n`),
    },
    metrics: { templateFailures: { inc() {} } },
  };
}

/** Origins of sinks whose `send` prints, or calls what {@link recording} records. */
const recordable = /^(?:https?|stdout):/;

/** Ends the sink's work once its message is known. */
class Recorded extends Error {}

function recording(bodies: string[]): HttpClient {
  return {
    async request({ body }) {
      bodies.push(body ?? '');
      throw new Recorded('not sent');
    },
    async close() {},
  };
}

function pretty(body: string): string {
  try {
    return jsonText(JSON.parse(body), 2);
  } catch {
    return `${body}\n`;
  }
}
