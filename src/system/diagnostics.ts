// What happens inside, for those who subscribe to Node's diagnostics channel `docker-keyring`. Events hold no secret.

import { channel } from 'node:diagnostics_channel';

/** An event on the channel; the messages of the first two are the kubelet's own. */
export type DiagnosticsEvent =
  | { readonly kind: 'provider-registered'; readonly provider: string; readonly message: string }
  | {
      readonly kind: 'provider-asked';
      readonly provider: string;
      readonly image: string;
      readonly message: string;
    }
  | {
      readonly kind: 'provider-failed';
      readonly provider: string;
      readonly image: string;
      readonly code: string;
      readonly message: string;
    }
  | { readonly kind: 'store-problem'; readonly message: string }
  | { readonly kind: 'config-problem'; readonly path: string; readonly message: string }
  | {
      readonly kind: 'pull-secret-problem';
      readonly namespace: string | undefined;
      readonly name: string | undefined;
      readonly message: string;
    };

const events = channel('docker-keyring');

/** Tells the subscribers, if there are any. */
export function publish(event: DiagnosticsEvent): void {
  if (events.hasSubscribers) events.publish(event);
}
