// Whom a sink lets act in its chat. The setting is the same for each product.
import { z } from 'zod';

const keys = {
  id: z
    .string()
    .min(1)
    .max(64)
    .optional()
    .describe('the product’s own id of the person, which never changes'),
  username: z
    .string()
    .regex(/^@?[^\s@]{1,64}$/, 'is no username: give the name with which the person signs in there')
    .optional()
    .describe('the name with which the person signs in there, in place of the id'),
  name: z
    .string()
    .min(1)
    .max(64)
    .optional()
    .describe('how cards and the audit log call the person; the username if not set'),
  role: z
    .enum(['read', 'operate', 'admin'])
    .default('operate')
    .describe('what the person may do: read, operate or admin; operate if not set'),
};

const listedPerson = z
  .strictObject(keys)
  .refine(
    ({ id, username }) => (id === undefined) !== (username === undefined),
    'names the person by both or neither of id and username: give one of the two',
  );

const person = z
  .strictObject({
    ...keys,
    email: z
      .string()
      // Other letters could look like these, or become these in lower case.
      .regex(/^[\x21-\x3F\x41-\x7E]{1,64}@[\x21-\x3F\x41-\x7E]{1,190}$/, 'is no e-mail address')
      .optional()
      .describe(
        'the e-mail address of the person, in place of the id; it counts if the server tells the bot that it verified it',
      ),
  })
  .refine(
    ({ id, username, email }) =>
      [id, username, email].filter((given) => given !== undefined).length === 1,
    'names the person by several or none of id, username and email: give one of the three',
  );

/** The setting where nobody can be asked who is in the channel, or about a person. */
export const listedPeople = z.array(listedPerson).min(1).max(500);

/** The setting where the product tells who is in the channel. */
export const people = z.union([z.literal('members'), z.array(person).min(1).max(500)]);

export type People = z.output<typeof people>;
