// How a registry is spoken to.

import { askForToken, type AskForToken } from './token.ts';
import { askForTokenAsContainerd } from './containerd-token.ts';
import { readDemandAsContainerd } from './containerd-demand.ts';
import { readDemand, type ReadDemand } from './challenge.ts';

/** What clients of registries do differently. */
export interface Dialect {
  /** Tokens that one got are not another's. */
  readonly name: string;
  readonly readDemand: ReadDemand;
  readonly askForToken: AskForToken;
}

/** As the specifications have it: for whoever wants to be let in. */
export const STANDARD: Dialect = { name: 'standard', readDemand, askForToken };

/** As the containerd of a node does: for whoever wants to know what a node will meet with. */
export const CONTAINERD: Dialect = {
  name: 'containerd',
  readDemand: readDemandAsContainerd,
  askForToken: askForTokenAsContainerd,
};
