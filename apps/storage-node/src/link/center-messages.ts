import type { centerToNode } from '@breakwater/contract/node-messages';
import { MAX_NAMES } from '@breakwater/contract/stored-repository';
import type { NodeBandwidth } from '@breakwater/contract/bandwidth';
import type { RevocationList } from '@breakwater/contract/storage-token';
import { Failure } from '@breakwater/domain/failure';
import type { z } from 'zod';
import type { Replications } from '../replicate/replications.ts';
import { isStoredName, reservedRepositoryNames } from '../store/repository-layout.ts';
import type { RepositoryStore } from '../store/repository-store.ts';

type Catalog = typeof centerToNode;
export type CenterMessageHandlers = {
  [Name in keyof Catalog]: (
    request: z.output<Catalog[Name]['request']>,
  ) => Promise<z.input<Catalog[Name]['answer']>>;
};

export interface CenterMessageContext {
  store: RepositoryStore;
  replications: Pick<Replications, 'start' | 'renew' | 'stop'>;
  revoke: (list: RevocationList) => Promise<void>;
  limit: (told: NodeBandwidth) => Promise<void>;
  release: (reason: string) => Promise<void>;
}

/** What the control center may ask of a node. */
export function centerMessageHandlers(context: CenterMessageContext): CenterMessageHandlers {
  const { store } = context;
  return {
    async revocations(list) {
      await context.revoke(list);
      return {};
    },
    async bandwidth(told) {
      await context.limit(told);
      return {};
    },
    async 'remove-locks'({ repositoryId, names }) {
      const bad = names.find((name) => !isStoredName('locks', name));
      if (bad !== undefined) {
        throw new Failure(
          'bad-name',
          `names holds "${bad.slice(0, 100)}": expected 64 lower-case hex digits.`,
        );
      }
      assertOwnName(repositoryId);
      let removed = 0;
      for (const name of names) {
        if (await store.remove({ repository: repositoryId, kind: 'locks', name })) removed += 1;
      }
      return { removed };
    },
    async locate({ repositoryId }) {
      assertOwnName(repositoryId);
      return { path: store.location(repositoryId), exists: await store.exists(repositoryId) };
    },
    async 'list-repositories'() {
      const { repositories, misnamed, unreadable } = await store.holdings();
      return {
        repositories,
        misnamed: misnamed.slice(0, MAX_NAMES),
        unreadable: unreadable.slice(0, MAX_NAMES),
      };
    },
    async 'measure-repository'({ repositoryId }) {
      assertOwnName(repositoryId);
      return store.measure(repositoryId);
    },
    async replicate(order) {
      assertOwnName(order.repositoryId);
      await context.replications.start(order);
      return {};
    },
    async 'renew-replication'(renewal) {
      return { held: context.replications.renew(renewal) };
    },
    async 'stop-replication'(name) {
      return { held: context.replications.stop(name) };
    },
    async released({ reason }) {
      await context.release(reason);
      return {};
    },
  };
}

function assertOwnName(repository: string): void {
  if (reservedRepositoryNames.has(repository)) {
    throw new Failure('bad-name', `repositoryId is "${repository}": no repository can have this name.`);
  }
}
