import { expect, test } from 'vitest';
import { pickSection, sectionsFor } from './sections.ts';

test('who may not manage sees only what is their own', () => {
  expect(sectionsFor('viewer').map((section) => section.name)).toEqual(['tokens', 'about']);
  expect(sectionsFor('admin').map((section) => section.name)).toEqual([
    'notifications',
    'users',
    'tokens',
    'keys',
    'about',
  ]);
});

test('an address leads to its part, or nowhere when the role has none of that name', () => {
  expect(pickSection(null, 'admin')?.name).toBe('notifications');
  expect(pickSection(null, 'operator')?.name).toBe('tokens');
  expect(pickSection('users', 'admin')?.name).toBe('users');
  expect(pickSection('users', 'viewer')).toBeNull();
  expect(pickSection('nonsense', 'admin')).toBeNull();
});
