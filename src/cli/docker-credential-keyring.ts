#!/usr/bin/env node
// The process of docker-credential-keyring: only what cannot run in a test.
import { nodeSystem } from '../system/node-system.ts';
import { guardChildren } from '../system/process/process-guard.ts';
import { runCredentialHelper } from './credential-helper/run-credential-helper.ts';
import { endOnSignals } from './own-process.ts';

endOnSignals(process, guardChildren(nodeSystem));
void runCredentialHelper(process, nodeSystem);
