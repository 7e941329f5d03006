// What a file that a Node.js loads first does before anything else. Old ones have to be able to read it: ES2015.
import { readFileSync } from 'node:fs';

const { name, engines } = JSON.parse(readFileSync(new URL('../package.json', import.meta.url)));
const lowest = engines.node.replace('>=', '');
const [major, minor] = lowest.split('.');

/** @param refuse - What to do with the `message` that it is too old. */
export function nodeCheck(refuse) {
  return `var version = process.versions.node.split('.');
if (version[0] < ${major} || (version[0] == ${major} && version[1] < ${minor})) {
  var message = 'Node.js ' + process.version + ' is too old for ${name}: install ${lowest} or later';
  ${refuse}
}
`;
}
