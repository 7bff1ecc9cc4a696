// Texts on the page: what others wrote, times, severities, states. Everything an attacker may have
// written passes through `Theirs`.
import { type Severity, severityNames } from '../../../kit/event.ts';
import { neutralText } from '../../../kit/text.ts';
import type { Words } from '../words/index.ts';

/** What others wrote: inert, in a direction of its own. Absent or empty: a dash. */
export function Theirs({ text }: { readonly text: string | null | undefined }) {
  if (text === null || text === undefined || text === '') return <span class="none">–</span>;
  return <bdi class="theirs">{neutralText(text, { multiline: false })}</bdi>;
}

/** Several lines of it. */
export function TheirBlock({ text }: { readonly text: string }) {
  return (
    <pre class="theirs" dir="ltr" tabindex={0}>
      {neutralText(text, { multiline: true })}
    </pre>
  );
}

/** In UTC; the page's script writes it in the viewer's zone, and UTC as its title. */
export function Time({ at }: { readonly at: string | null | undefined }) {
  if (at === null || at === undefined) return <span class="none">–</span>;
  const utc = `${at.slice(0, 10)} ${at.slice(11, 19)} UTC`;
  return <time datetime={at}>{utc}</time>;
}

/** Shapes tell them apart without colour. */
const shapes = ['○', '·', '▽', '◇', '▲', '◆'] as const;

export function SeverityMark({
  severity,
  words,
}: {
  readonly severity: Severity;
  readonly words: Words;
}) {
  const name = severityNames[severity].toLowerCase();
  return (
    <span class={`severity ${name}`}>
      <span aria-hidden="true">{shapes[severity]}</span> {words.severities[severity]}
    </span>
  );
}

export type StateName = keyof Words['states'];

const goods: readonly string[] = ['ok', 'delivered', 'active', 'acknowledged', 'resolved'];
const bads: readonly string[] = ['dead', 'paused', 'failing'];

export function StateMark({ state, words }: { readonly state: StateName; readonly words: Words }) {
  const tone = goods.includes(state) ? 'good' : bads.includes(state) ? 'bad' : 'plain';
  return <span class={`state ${tone}`}>{words.states[state]}</span>;
}

/** `2 d`, `3 h`, `5 min`, `12 s`. */
export function span(seconds: number): string {
  const whole = Math.max(0, Math.round(seconds));
  if (whole < 60) return `${whole} s`;
  if (whole < 3600) return `${Math.round(whole / 60)} min`;
  return whole < 172_800 ? `${Math.round(whole / 3600)} h` : `${Math.round(whole / 86_400)} d`;
}
