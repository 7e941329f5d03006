// What lives here: being what others start: a kubelet's exec plugin, a docker credential helper.
// To add one: a file that reads a request, asks a provider or a keyring, and writes the answer.
// Must not be imported here: cli/. Streams, arguments and exit codes are the caller's.

export { serveExecPlugin } from './plugin/serve-exec-plugin.ts';
export type { Servable, ServeExecPluginOptions } from './plugin/plugin-options.ts';
export { serveCredentialHelper } from './helper/serve-credential-helper.ts';
export type {
  HelperSource,
  ServeCredentialHelperOptions,
} from './helper/serve-credential-helper.ts';
export type { HelperKeyring } from './helper/backend.ts';
export type { HelperOutput, HelperProcess } from './helper/contract.ts';
export { openTokenFileCache } from '../shared-cache/token-file/open-token-file-cache.ts';
export type {
  TokenFileCache,
  TokenFileCacheOptions,
} from '../shared-cache/token-file/open-token-file-cache.ts';
export type { TokenFileStore } from '../shared-cache/token-file/token-file-store.ts';
export type { TextOutput } from '../system/process/standard-streams.ts';
