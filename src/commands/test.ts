// `tocsin test <sink>`: posts a sample card, so that people see that the way to the channel works,
// and what a card looks like.

import { type Command, UsageError } from '../cli/command.ts';
import { unknownId } from '../cli/unknown-id.ts';
import { loadConfig } from '../config/index.ts';
import { createHttpClient } from '../kit/http/index.ts';
import { createMask } from '../kit/mask.ts';
import { createSinks } from '../service/adapters.ts';
import { exitCodes } from '../service/exit-codes.ts';
import { postSample } from '../service/far-ends.ts';
import { sinks } from '../sinks/index.ts';
import { sources } from '../sources/index.ts';

const sampleMs = 15_000;

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
      try {
        await postSample(found, sampleMs);
      } finally {
        await found.sink.close?.();
      }
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
