import { expect, test } from '@jest/globals';
import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import { publish, type DiagnosticsEvent } from '../../../src/system/diagnostics.ts';

const event: DiagnosticsEvent = { kind: 'config-problem', path: '/a', message: 'm' };

test('subscribers of the channel docker-keyring are told, as long as they are subscribed', () => {
  const heard: unknown[] = [];
  const listener = (message: unknown): void => void heard.push(message);
  publish(event);
  subscribe('docker-keyring', listener);
  publish(event);
  unsubscribe('docker-keyring', listener);
  publish(event);
  expect(heard).toEqual([event]);
});
