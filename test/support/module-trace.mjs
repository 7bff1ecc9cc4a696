// For `node --import`: writes the address of every module that is loaded to the file that
// MODULE_TRACE names, one a line.
import { register } from 'node:module';

const hooks = `
import { appendFileSync } from 'node:fs';
let file;
export const initialize = (data) => void (file = data);
export const load = (url, context, next) => {
  appendFileSync(file, url + '\\n');
  return next(url, context);
};
`;
register(`data:text/javascript,${encodeURIComponent(hooks)}`, { data: process.env.MODULE_TRACE });
