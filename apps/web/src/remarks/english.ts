import { agentEnglish } from '@breakwater/contract/agent-english';
import type { RemarkKind } from '@breakwater/contract/remark-kinds';

/**
 * Every remark in English, as an ICU message: what the API answers, and what the console shows English readers. Of
 * its arguments see `remark-arguments.ts`. No full stop at the end: remarks stand within others.
 */
export const english = {
  'agent-never-heard': 'no heartbeat yet',
  'agent-silent': 'no heartbeat for {seconds} s',
  'agent-disconnected': 'the agent has disconnected',
  'agent-busy': 'another backup runs on this server',
  'clock-skew': "the agent's clock is {minutes} min {way, select, ahead {ahead} other {behind}}",
  'no-agent': 'no agent is enrolled for {address}',
  'no-maintenance-agent': 'no maintenance agent is enrolled',
  'maintenance-backs-nothing-up': 'the agent of {address} is a maintenance agent, which backs nothing up',
  'no-node': 'no storage node is enrolled',
  'pinned-node-gone': 'the storage node that this task is pinned to is not enrolled',
  'copy-node-gone': 'the storage node of this copy is not enrolled',
  'snapshot-nowhere': 'no storage node holds this snapshot',
  'no-node-takes-it': 'no storage node can take this backup ({nodes})',
  'snapshot-unreadable': 'no storage node that holds this snapshot can be read ({nodes})',
  'copy-unreadable': 'the copy cannot be read ({nodes})',
  'node-refused':
    '{node}: {why, select, offline {offline} draining {draining} full {full} unhealthy {unhealthy{hasDetail, select, yes {: {detail}} other {}}} other {{detail}}}',
  'order-turned-down': 'the agent turned the order down{hasDetail, select, yes {: {detail}} other {}}',
  'order-not-taken': 'the agent did not take the order',
  'cancelled-by': 'cancelled by {by}',
  'cancelled-after-loss': 'cancelled; the agent no longer had the run',
  'no-word-for-hours': 'no word from the agent for {hours} h',
  'run-lost': 'the agent no longer has this run: it was restarted or interrupted',
  'agent-was-released': 'the agent was released',
  'center-was-down': 'the control center was not running at this time',
  'repository-in-use':
    'a {run, select, backup {backup} restore {restore} check {check} forget {forget} prune {prune} other {run}}{hasTask, select, yes { of "{task}"} other {}} is using the repository',
  'repository-in-care':
    '{run, select, forget {snapshots of the repository are being forgotten} other {the repository is being pruned}}',
  'care-goes-first':
    '{run, select, forget {forgetting} other {a prune}} has waited for the repository since {since} and goes first; this run waits until {until} at most',
  'copies-away': 'every copy that holds the snapshots has to be online ({nodes})',
  'nothing-to-forget': 'all of its snapshots are to be kept now',
  'nothing-to-replicate': 'the copy has every snapshot already',
  'node-fetches-enough': '{node} fetches as many repositories at once as it takes',
  'fetching-node-restarted': 'the storage node was restarted; it goes on where it was',
  'fetching-node-silent': 'the storage node has not been heard for long; it goes on when it is back',
  'replication-lock-lost': 'somebody removed the lock on {node}; it is locked and looked at anew',
  'files-unread': '{count, plural, one {one file} other {# files}} could not be read',
  'files-unrestored': '{count, plural, one {one file} other {# files}} could not be restored',
  'commands-failed':
    'no snapshot was made of {names}{files, plural, =0 {} one {, and one file could not be read} other {, and # files could not be read}}',
  'hooks-failed': 'the backup is whole, but a hook failed: {names}',
  failure: '{detail}',
  words: '{words}',

  'task-missed':
    '"{task}": the last {count, plural, one {backup was} other {# backups were}} missed{hasReason, select, yes {: {reason}} other {}}',
  'task-failed': '"{task}": the last backup failed{hasReason, select, yes {: {reason}} other {}}',
  'task-never-ran': '"{task}" has not run yet',
  'task-partial': '"{task}": the last backup is incomplete{hasReason, select, yes {: {reason}} other {}}',
  'task-unscheduled': '"{task}" has no schedule, and last ran {days} days ago',
  'server-unknown': 'nothing is known of this server',
  'server-without-task': 'it has no task',
  'server-without-agent': 'no agent is enrolled for it any more',
  'server-offline': 'its agent is offline',
  'keep-master-key': 'Keep the master key somewhere else too: without it every repository password is lost',
  'keep-recovery-kit': 'Keep the recovery kit of {of} somewhere else',
  'repository-under-copied':
    'The repository of {of} is complete on {complete, plural, =0 {no node} one {one node} other {# nodes}}; {wanted, plural, one {one is} other {# are}} wanted',
  'one-time-password': '{email} still has a one-time password',
  'plain-http': '{name} is reached over plain HTTP',

  'run-ended':
    'The {run, select, backup {backup} restore {restore} check {check} forget {forgetting} prune {prune} replicate {replication} drill {drill} other {run}}{hasTask, select, yes { "{task}"} other {}}{hasServer, select, yes { of {server}} other {}} {state, select, succeeded {succeeded} partial {is incomplete{files, plural, =0 {} other {: {files, plural, one {# file} other {# files}} could not be {run, select, backup {taken} restore {restored} other {read}}}}} cancelled {was cancelled} stopped {was {run, select, backup {missed} other {stopped}}} other {failed}}{hasReason, select, yes {: {reason}} other {}}',
  'backup-was-due':
    'The backup "{task}" of {server} was due {count, plural, one {at} other {# times since}} {since}, while the control center was not running; it starts now',
  'join-token-made':
    '{by} made a join token for {peer_key, select, agent {an agent} maintenance {a maintenance agent} other {a storage node}}{hasAddress, select, yes { at {address}} other {}}',
  'agent-enrolled':
    '{peer_key, select, maintenance {a maintenance agent} other {an agent}} enrolled for {address}{plainHttp, select, true {, over plain HTTP} other {}}',
  'node-enrolled': 'the storage node {node} enrolled{plainHttp, select, true {, over plain HTTP} other {}}',
  'agent-released': '{by} released the agent of {address}: another may enrol for this address now',
  'node-draining': '{by} drains {node}: no backup goes there any more',
  'node-in-use': '{by} took {node} back into use',
  'node-removed': '{by} removed the storage node {node}',
  'api-token-made': '{by} made the API token "{name}" with the role {role}',
  'api-token-revoked': '{by} revoked an API token',
  'user-added': '{by} added the user {email} as {role}',
  'user-changed': '{by} changed the user {email}: now {name}, {role}',
  'user-removed': '{by} removed the user {email}',
  'password-changed': '{email} changed their password',
  'password-reset': "the password of {email} was reset on the control center's own machine",
  'repository-adopted':
    '{by} registered the repository {name} on {node} with {count, plural, one {one snapshot} other {# snapshots}}',
  'copy-adopted':
    '{by} registered a copy of the repository of {of} on {node} with {count, plural, one {one snapshot} other {# snapshots}}',
  'recovery-kit-read': '{by} read the recovery kit of {of}',
  'recovery-kit-confirmed': '{by} keeps the recovery kit of {of} elsewhere',
  'access-tokens-issued': '{by} was given tokens to {verbs} in the repository of {of}',
  'settings-changed': '{by} changed the settings: {what}',
  'forgetting-paused':
    'No snapshots of "{task}" are forgotten for now{hasReason, select, yes {: {reason}} other {}}',
  'snapshot-removal': '{by} has the snapshot {snapshot} of {of} removed',
  'snapshot-confirmed': '{by} confirmed the snapshot {snapshot}',
  'lock-removed': '{by} removed a lock of the repository of {of} on {node}',
  'damage-mended': 'what was damaged in the repository of {of} on {node} is mended',
  'care-changed': '{by} changed the care plan of the repository of {of}',

  'kept-by-rule':
    '{oldest, select, true {oldest, counted as } other {}}{rule, select, last {one of the last} hourly {hourly} daily {daily} weekly {weekly} monthly {monthly} yearly {yearly} other {all}}{hasSpan, select, yes { within {span}} other {}}',
  'kept-without-policy': 'the task has no retention',
  'kept-in-doubt': 'kept until somebody confirms it',
  'snapshot-from-future': 'it says it was made {minutes} min later than it was recorded',
  'snapshot-tiny':
    'it has only {percent} % of the {measure, select, files {files} other {bytes}} that snapshots before it have',
  'paused-by-doubt': 'the snapshot {snapshot} has to be confirmed: {reason}',
  'paused-by-unknown':
    '{count, plural, one {one snapshot} other {# snapshots}} on {nodes} {count, plural, one {was} other {were}} made by nobody that we sent',
  'care-is-off': 'the care plan of the repository is off',

  'path-missing': '{path} does not exist on {server} now',
  'last-snapshot-of-task': 'it is the only snapshot that is left of "{task}"',
  'removal-waits-for': 'it goes once {nodes} can be reached again',
  'path-unreadable': 'the agent of {server} cannot read {path} now',

  'test-notice': 'This is a test: failed and missed backups will be told this way',

  ...agentEnglish,
} as const satisfies Record<RemarkKind, string>;
