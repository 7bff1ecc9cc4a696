// `tocsin test <sink>`: posts a sample card, so that people see that the way to the channel works,
// and what a card looks like.

import { type Command, UsageError } from '../cli/command.ts';
import { unknownId } from '../cli/unknown-id.ts';
import { loadConfig } from '../config/index.ts';
import { AdapterError } from '../kit/errors.ts';
import { noticeSource, noticeStream, type StoredEvent } from '../kit/event.ts';
import { createHttpClient } from '../kit/http/index.ts';
import { createMask } from '../kit/mask.ts';
import type { Message, SendContext, Sink } from '../kit/sink.ts';
import { createSinks } from '../service/adapters.ts';
import { exitCodes } from '../service/exit-codes.ts';
import { sinks } from '../sinks/index.ts';
import { sources } from '../sources/index.ts';

export const command: Command = {
  details: 'The sink made from MATTERMOST_WEBHOOK_URL is called soc.',
  arguments: [{ name: '<sink>', help: 'the id of a sink' }],
  options: {},
  hasSinks: true,
  async run({ positionals }, io) {
    const config = loadConfig({
      env: io.env,
      directory: io.directory,
      registries: { sources, sinks },
      needs: ['sinks'],
    });
    const mask = createMask(config.secrets);
    const http = createHttpClient({ proxy: config.proxy, userAgent: `tocsin/${io.version}`, mask });
    try {
      const all = createSinks(config, { sources, sinks }, { http, now: Date.now });
      const found = all.find(({ id }) => id === positionals[0]);
      if (!found)
        throw unknownId(
          'sink',
          positionals[0],
          all.map(({ id }) => id),
        );
      const context = {
        deliveryId: `${found.id}-sample`,
        attempt: 1,
        signal: AbortSignal.timeout(15_000),
      };
      const said = { form: 'full', showTenant: false } as const;
      await post(found.sink, found.voice.message(sample(found.id), said), context);
      io.stderr(`a sample was posted to ${found.id}\n`);
      return exitCodes.done;
    } catch (error) {
      if (error instanceof UsageError) throw error;
      io.stderr(`tocsin test: ${mask(error instanceof Error ? error.message : String(error))}\n`);
      return exitCodes.failed;
    } finally {
      await http.close();
    }
  },
};

/**
 * Throws the error of the sink's own check if that fails too: then the sample is not the reason.
 */
async function post(sink: Sink, message: Message, context: SendContext): Promise<void> {
  try {
    await sink.send(message, context);
  } catch (error) {
    if (error instanceof AdapterError && error.outcome === 'reject_event')
      await sink.check?.(context.signal);
    throw error;
  } finally {
    await sink.close?.();
  }
}

function sample(sink: string): StoredEvent {
  const now = new Date().toISOString();
  return {
    id: 0,
    source: noticeSource,
    externalId: 'sample',
    subject: 'sample',
    stream: noticeStream,
    type: 'SAMPLE',
    severity: 1,
    status: null,
    action: null,
    occurredAt: now,
    receivedAt: now,
    body: { notice: { kind: 'sample', values: { sink } } },
  };
}
