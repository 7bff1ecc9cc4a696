// Names of time zones, as calendars write them.
import { expect, it } from 'vitest';
import { windowsZones, zoneNamed } from '../../../../src/core/rules/calendar/zones.ts';
import { isTimeZone } from '../../../../src/core/rules/schedule.ts';

it.each([
  ['Europe/Berlin', 'Europe/Berlin'],
  ['W. Europe Standard Time', 'Europe/Berlin'],
  ['SE Asia Standard Time', 'Asia/Bangkok'],
  ['se asia standard time', 'Asia/Bangkok'],
  ['UTC', 'Etc/UTC'],
  ['/example.org/20260101_1/Asia/Bangkok', 'Asia/Bangkok'],
  ['/example.org/America/Argentina/Salta', 'America/Argentina/Salta'],
  ['Customized Time Zone', undefined],
  ['', undefined],
  ['constructor', undefined],
])('%s is %s', (name, zone) => {
  expect(zoneNamed(name)).toBe(zone);
});

it('a zone of the calendar that says where it is counts as that place', () => {
  const locations = { 'Our office': 'Europe/Paris' };
  expect(zoneNamed('Our office', locations)).toBe('Europe/Paris');
});

it('each Windows zone is one that this runtime knows', () => {
  expect(windowsZones.filter((zone) => !isTimeZone(zone))).toEqual([]);
  expect(windowsZones.length).toBeGreaterThan(130);
});
