// The documents and images that benchmarks use: 80 % plain hosts, 10 % hosts with paths, 10 % wildcards, and in each
// document three needles.

const auth = (index) => Buffer.from(`user-${index}:password-${index}`).toString('base64');

/** A config.json with about `count` entries. */
export function documentOf(count) {
  const auths = {};
  for (let index = 0; index < count - 3; index += 1) {
    auths[keyOf(index)] = { auth: auth(index) };
  }
  auths['plain.example.org'] = { auth: auth('plain') };
  auths['hit.path.example.org/team/project'] = { auth: auth('path') };
  auths['*.dkr.ecr.us-east-1.amazonaws.com'] = { auth: auth('wildcard') };
  return JSON.stringify({ auths });
}

function keyOf(index) {
  if (index % 10 === 8) return `registry-${index}.example.com/team-${index}/project`;
  if (index % 10 === 9) return `*.zone-${index}.example.net`;
  return `registry-${index}.example.com`;
}

/** Images by what they hit. */
export const IMAGES = {
  'exact host': 'plain.example.org/team/app:1.0',
  'host and path': 'hit.path.example.org/team/project/app:1.0',
  wildcard: '123456789012.dkr.ecr.us-east-1.amazonaws.com/team/app:1.0',
  missing: 'missing.example.org/team/app:1.0',
};
