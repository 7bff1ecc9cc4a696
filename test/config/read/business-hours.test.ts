// The hours of business: usual ones, those of the file, and what is wrong with them.
import { expect, it } from 'vitest';
import { createLoader, three } from '../loader.ts';

const { load, loadYaml, yamlFaults } = createLoader();

it('are from nine to five on weekdays, in the time zone of the configuration', () => {
  const [hours, ...others] = load({ ...three, TZ: 'Asia/Bangkok' }).businessHours;
  expect(others).toEqual([]);
  expect([...hours!.days].sort()).toEqual([1, 2, 3, 4, 5]);
  expect(hours).toMatchObject({ fromMinute: 540, toMinute: 1020, timeZone: 'Asia/Bangkok' });
});

it('are what the file says', () => {
  const { businessHours } = loadYaml('business_hours: [{ from: "08:00", to: "20:00" }]\n');
  expect(businessHours).toMatchObject([{ fromMinute: 480, toMinute: 1200 }]);
});

it('are refused with their place', () => {
  expect(yamlFaults('business_hours: [{ days: [monday] }]\n')).toEqual([
    expect.stringContaining('business_hours[0] has a day "monday"'),
  ]);
});
