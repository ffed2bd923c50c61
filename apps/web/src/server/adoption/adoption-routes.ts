import {
  adoptionAnswer,
  adoptionInput,
  nodeRepositories as nodeRepositoriesAnswer,
} from '@breakwater/contract/adoption';
import { nameOf } from '../auth/identity.ts';
import { idParams } from '../http/id-params.ts';
import { defineRoute } from '../http/route.ts';
import { adoptRepository } from './adopt-repository.ts';
import { nodeRepositories } from './node-repositories.ts';

export const adoptionRoutes = [
  defineRoute({
    method: 'GET',
    path: '/storage-nodes/{id}/repositories',
    tag: 'Storage nodes',
    summary: "The restic repositories in a node's data folder, and whether they are registered",
    role: 'admin',
    params: idParams,
    answer: nodeRepositoriesAnswer,
    handle: ({ params, center }) => nodeRepositories(center, params.id),
  }),
  defineRoute({
    method: 'POST',
    path: '/repositories/adopt',
    tag: 'Repositories',
    summary: 'Register a repository that lies on a storage node already, with its snapshots',
    role: 'admin',
    body: adoptionInput,
    status: 201,
    answer: adoptionAnswer,
    handle: ({ body, identity, center }) => adoptRepository(center, body, nameOf(identity)),
  }),
];
