import { expect, it } from 'vitest';
import { repositoryName } from './repository-name.ts';

it('calls our own by the beginning of their ids, and adopted ones by their whole names', () => {
  expect(repositoryName('0c9f3a52-7d0e-4a5b-9d43-0c2f6ce0a111')).toBe('0c9f3a52');
  expect(repositoryName('old-web-server')).toBe('old-web-server');
});
