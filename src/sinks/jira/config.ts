// The settings of the sink `jira`, and how it proves who it is.
import { z } from 'zod';
import { severityNames } from '../../kit/event.ts';
import { incidentPrefix } from '../../kit/incident-key.ts';
import { webUrl } from '../../kit/web-url.ts';

const name = z.string().min(1).max(100);

export const config = z
  .strictObject({
    url: webUrl.describe('The address of Jira, without /rest.'),
    edition: z
      .enum(['cloud', 'data_center'])
      .default('cloud')
      .describe('cloud (API 3) or data_center (API 2, for Server as well).'),
    username: name
      .optional()
      .describe('The e-mail address of the user, for Cloud; for Data Center none, or a name.'),
    token: z
      .string()
      .min(8)
      .describe('The API token of the user; of Data Center a personal access token.'),
    project: z
      .string()
      .regex(/^[A-Z][A-Z0-9_]{1,99}$/, 'is no key of a project, such as SOC')
      .describe('The key of the project.'),
    issue_type: name.default('Task').describe('The name of the type of the issues.'),
    priorities: z
      .partialRecord(z.enum(severityNames), name)
      .default({})
      .describe('Names of priorities by severity, such as {CRITICAL: Highest}; none sets none.'),
    transitions: z
      .strictObject({
        open: name.optional(),
        acknowledged: name.optional(),
        snoozed: name.optional(),
        resolved: name.optional(),
      })
      .default({})
      .describe('Which transition an issue takes when its incident becomes so here.'),
    labels: z
      .array(z.string().regex(/^\S{1,100}$/, 'is no label: it holds a blank'))
      .default([])
      .describe('More labels for each issue.'),
    prefix: incidentPrefix,
  })
  .superRefine(({ edition, username }, { addIssue }) => {
    if (edition === 'cloud' && username === undefined)
      addIssue({
        code: 'custom',
        path: ['username'],
        message: 'is missing: Cloud wants an address',
      });
  });

export type Settings = z.output<typeof config>;

export function authorization({ username, token }: Settings): string {
  return username === undefined ? `Bearer ${token}` : `Basic ${basicOf(username, token)}`;
}

/** In both of its forms, to be hidden wherever one comes back. */
export function secretsOf({ username, token }: Settings): string[] {
  return username === undefined ? [token] : [token, basicOf(username, token)];
}

function basicOf(username: string, token: string): string {
  return Buffer.from(`${username}:${token}`).toString('base64');
}
