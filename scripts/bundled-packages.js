// Packages that come along in dist/: they are ES modules only, which Jest's default mode could not load.
import { readdirSync, readFileSync } from 'node:fs';

const NAMES = ['p-limit', 'yocto-queue'];

export const BUNDLED = new Set(NAMES);

/** Their licences, which want to be where the code is. */
export function licenceComment() {
  const texts = NAMES.map((name) => {
    const file = readdirSync(`node_modules/${name}`).find((each) => /^licen[cs]e/i.test(each));
    return `${name}\n\n${readFileSync(`node_modules/${name}/${file}`, 'utf8').trim()}`;
  });
  return `/*!\n${texts.join('\n\n')}\n*/\n`;
}

/** For esbuild: every other package stays where it is. */
export const otherPackagesOutside = {
  name: 'other-packages-outside',
  setup({ onResolve }) {
    onResolve({ filter: /^[^./#]/ }, ({ path, kind }) =>
      kind === 'entry-point' || BUNDLED.has(path) ? undefined : { path, external: true },
    );
  },
};
