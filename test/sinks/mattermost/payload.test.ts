// The colour and the sign of each severity.
import { expect, test } from 'vitest';
import type { Severity } from '../../../src/kit/event.ts';
import { storedEvent } from '../../support/events.ts';
import { card } from './cards.ts';

test.each([
  [0, '#8C8C8C', '⚪', 'UNKNOWN'],
  [1, '#0099FF', '🔵', 'INFO'],
  [2, '#00FF00', '🟢', 'LOW'],
  [3, '#FFD700', '🟡', 'MEDIUM'],
  [4, '#FF6600', '🟠', 'HIGH'],
  [5, '#FF0000', '🔴', 'CRITICAL'],
] as const)('severity %i is %s %s %s', (severity: Severity, color, sign, name) => {
  const { text, attachments } = card(storedEvent({ severity }));
  expect(text.startsWith(`${sign} **${name}** · `)).toBe(true);
  expect(attachments[0]).toMatchObject({ color, title: `${sign} New Event Detected` });
  expect(attachments[0]!.fallback).toContain(name);
});
