// `tocsin render`: the message that a sink would send for an event. The sink runs as always, but its call ends here and not on the network.
import { loadConfig } from '../config.ts';
import type { HttpClient } from '../core/http.ts';
import { createMask } from '../core/log.ts';
import { sinks } from '../sinks/index.ts';
import { sources } from '../sources/index.ts';
import { createSinks } from './adapters.ts';
import { type Command, UsageError } from './command.ts';
import { exitCodes } from './dispatch.ts';
import { eventFileHelp, readEventFile } from './event-file.ts';
import { jsonText } from './json.ts';

const forms = ['full', 'short', 'bare'] as const;

export const command: Command = {
  summary: 'Print the message that a sink would send for an event, without sending it',
  usage: 'render --event <file> --sink <sink> [--form full|short|bare]',
  details: eventFileHelp,
  options: {
    event: { type: 'string', value: '<file>', help: 'The event, as JSON; - for stdin' },
    sink: { type: 'string', value: '<sink>', help: 'The id of a sink' },
    form: { type: 'string', value: '<form>', help: 'full (default), short as after a 413, bare as after a rejection' },
  },
  async run({ values }, io) {
    const form = forms.find((one) => one === (values.form ?? 'full'));
    if (form === undefined) throw new UsageError(`--form ${values.form} is none of: ${forms.join(', ')}.`);
    const registries = { sources, sinks };
    const config = loadConfig({ env: io.env, directory: io.directory, registries, needs: ['sinks'] });
    const event = readEventFile(values.event, io.directory, config.sources[0]?.id ?? '');
    const bodies: string[] = [];
    const http = recording(bodies);
    const all = createSinks(config, registries, {
      http,
      locale: config.locale,
      timeZone: config.timeZone,
      now: Date.now,
    });
    const found = all.find(({ id }) => id === values.sink);
    if (!found) throw new UsageError(`Which sink? --sink <sink>; there is ${all.map(({ id }) => id).join(', ')}.`);
    const context = { deliveryId: `${found.id}-${event.id}`, attempt: 1, signal: AbortSignal.timeout(15_000) };
    await found.sink.send({ event, form, showTenant: true }, context).catch((error) => {
      if (!(error instanceof Recorded)) throw error;
    });
    await found.sink.close?.();
    const mask = createMask(config.secrets);
    for (const body of bodies) io.stdout(mask(pretty(body)));
    return exitCodes.done;
  },
};

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
