// What a sink of the configuration wants at its server.
import { expect, test } from 'vitest';
import { wishOf } from '../../../../../src/sinks/mattermost/bot/setup/ground.ts';

const sink = { id: 'soc', type: 'mattermost_bot', ofRoutes: [] as readonly unknown[] };
const settings = { url: 'https://chat.example/', channel: 'secops/soc' };

test('it needs no secret, and has the channels of routes, too', () => {
  const ofRoutes = [{ channel: 'secops/other' }, {}, { channel: 'secops/soc' }];
  expect(wishOf({ ...sink, settings, ofRoutes })).toEqual({
    ...{ id: 'soc', url: 'https://chat.example', token: undefined, commandToken: undefined },
    ...{ channels: ['secops/soc', 'secops/other'], hasPeople: false },
  });
  const more = { token: 't', command_token: 'c', people: 'members' };
  expect(wishOf({ ...sink, settings: { ...settings, ...more } })).toMatchObject({
    ...{ token: 't', commandToken: 'c', hasPeople: true },
  });
});

test.each([{ url: undefined }, { channel: undefined }, { url: 'x' }])(
  'with %j it is none',
  (more) => {
    expect(wishOf({ ...sink, settings: { ...settings, ...more } })).toBeUndefined();
  },
);
