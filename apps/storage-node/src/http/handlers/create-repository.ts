import { Failure } from '@breakwater/domain/failure';
import { answerEmpty, type Exchange } from '../exchange.ts';

/** `POST /{repository}/?create=true`. 200 when it is there, made now or before. */
export async function createRepository(
  exchange: Exchange,
  repository: string,
  create: string | null,
): Promise<void> {
  if (create !== 'true') {
    throw new Failure('invalid-request', `create is "${create ?? ''}": expected "true".`);
  }
  const { store } = exchange.node;
  if (exchange.claims.verbs.includes('create')) await store.create(repository);
  else if (!(await store.exists(repository))) {
    throw new Failure(
      'verb-not-granted',
      `The token does not grant "create", and "${repository}" is not there.`,
    );
  }
  answerEmpty(exchange);
}
