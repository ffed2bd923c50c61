import {
  notificationTest,
  notificationTestAnswer,
  settings,
  settingsPatch,
} from '@breakwater/contract/resources';
import { nameOf } from '../auth/identity.ts';
import { defineRoute } from '../http/route.ts';

const tag = 'Settings';

export const settingRoutes = [
  defineRoute({
    method: 'GET',
    path: '/settings',
    tag,
    summary: 'Settings; passwords in them are never shown',
    role: 'operator',
    answer: settings,
    handle: ({ center }) => center.settings.read(),
  }),
  defineRoute({
    method: 'PATCH',
    path: '/settings',
    tag,
    summary: 'Change settings; what is absent stays',
    role: 'admin',
    body: settingsPatch,
    answer: settings,
    handle: ({ body, identity, center }) => center.settings.change(body, nameOf(identity)),
  }),
  defineRoute({
    method: 'POST',
    path: '/settings/notifications/test',
    tag,
    summary: 'Send a test notice now and say how it went',
    role: 'admin',
    body: notificationTest,
    answer: notificationTestAnswer,
    handle: ({ body, center }) => center.notifications.test(body.channel),
  }),
];
