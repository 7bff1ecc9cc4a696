// What a notification holds: an event of EventBridge, an alarm of CloudWatch, other JSON, or a text.
// Pure.
import type { Severity } from '../../kit/event.ts';
import type { Known } from '../../kit/item-meaning.ts';
import { parsePieces } from '../../kit/json-pieces.ts';
import { bodyOf } from '../../kit/pushed-body.ts';
import { recordOf, wordOf } from '../../kit/pushed-item.ts';
import { parseSeverity } from '../../kit/severity.ts';

type Fields = Readonly<Record<string, unknown>>;

const [nameMax, textMax] = [200, 4000];

/** The JSON of a message; of any other its text. */
export function contentsOf(message: string): unknown {
  if (!/^\s*[[{]/.test(message)) return message;
  try {
    return parsePieces(message, textMax).value;
  } catch {
    return message;
  }
}

/** What is known of it without any expression. */
export function knownOf(contents: unknown, subject: string | undefined): Known {
  const item = recordOf(contents);
  if (wordOf(item['detail-type']) !== undefined) return ofEventBridge(item);
  if (wordOf(item.AlarmName) !== undefined) return ofAlarm(item);
  const text = typeof contents === 'string' ? wordOf(contents) : undefined;
  const about = wordOf(subject);
  return {
    type: 'NOTIFICATION',
    body: bodyOf({ description: text ?? about, comment: text && about }),
  };
}

function ofEventBridge(item: Fields): Known {
  const detail = recordOf(item.detail);
  const findings = Array.isArray(detail.findings) ? detail.findings : [];
  const finding = recordOf(findings[0]);
  const label = wordOf(recordOf(finding.Severity).Label, nameMax);
  const resources = Array.isArray(item.resources) ? item.resources : [];
  return {
    type: wordOf(item['detail-type']),
    time: item.time,
    ...severityOf(label ?? detail.severity),
    body: bodyOf({
      description: wordOf(detail.title) ?? wordOf(finding.Title) ?? wordOf(detail.description),
      trigger: wordOf(item.source, nameMax),
      threatType: wordOf(detail.type, nameMax),
      target: wordOf(resources[0], nameMax) ?? wordOf(item.account, nameMax),
      device: { group: wordOf(item.region, nameMax) },
    }),
  };
}

/** A word of ours, or a number of GuardDuty's scale from 1 to 10. */
function severityOf(said: unknown): Pick<Known, 'severity' | 'severityRaw'> {
  const severityRaw = wordOf(said, nameMax);
  if (severityRaw === undefined) return {};
  const word = severityRaw.toUpperCase() === 'INFORMATIONAL' ? 'INFO' : severityRaw;
  return {
    severityRaw,
    severity: typeof said === 'number' ? banded(said) : (parseSeverity(word) ?? 0),
  };
}

function banded(value: number): Severity {
  if (value >= 9) return 5;
  if (value >= 7) return 4;
  if (value >= 4) return 3;
  return value >= 1 ? 2 : 0;
}

const states: Readonly<Record<string, Severity>> = { ALARM: 4, INSUFFICIENT_DATA: 2, OK: 1 };

function ofAlarm(item: Fields): Known {
  const state = wordOf(item.NewStateValue, nameMax);
  return {
    type: wordOf(item.AlarmName),
    time: item.StateChangeTime,
    severity: (state !== undefined && Object.hasOwn(states, state) && states[state]) || 0,
    severityRaw: state,
    status: state,
    body: bodyOf({
      description: wordOf(item.NewStateReason),
      comment: wordOf(item.AlarmDescription),
      trigger: 'aws.cloudwatch',
      device: { group: wordOf(item.Region, nameMax) },
    }),
  };
}
