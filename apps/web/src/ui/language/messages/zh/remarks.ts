import type { remarks as en } from '../en/remarks.ts';
import { agentRemarks } from './agent-remarks.ts';
import type { Translated } from '../translated.ts';

/** The server's own sentences, in Chinese. No full stop at the end: they stand within others. */
export const remarks: Translated<typeof en> = {
  separator: '、',
  longSeparator: '；',
  'agent-never-heard': '尚未收到心跳',
  'agent-silent': '{seconds} 秒没有心跳',
  'agent-disconnected': '代理已断开连接',
  'agent-busy': '此服务器上正在运行另一个备份',
  'clock-skew': '代理的时钟{way, select, ahead {快} other {慢}}了 {minutes} 分钟',
  'no-agent': '{address} 没有已注册的代理',
  'no-maintenance-agent': '没有已注册的维护代理',
  'maintenance-backs-nothing-up': '{address} 的代理是维护代理，不做备份',
  'no-node': '没有已注册的存储节点',
  'pinned-node-gone': '此任务固定使用的存储节点未注册',
  'copy-node-gone': '此副本所在的存储节点未注册',
  'snapshot-nowhere': '没有存储节点保存此快照',
  'no-node-takes-it': '没有存储节点能接收此备份（{nodes}）',
  'snapshot-unreadable': '保存此快照的存储节点都无法读取（{nodes}）',
  'copy-unreadable': '无法读取此副本（{nodes}）',
  'node-refused':
    '{node}：{why, select, offline {离线} draining {正在排空} full {空间不足} unhealthy {状态异常{hasDetail, select, yes {（{detail}）} other {}}} other {{detail}}}',
  'order-turned-down': '代理拒绝了此指令{hasDetail, select, yes {：{detail}} other {}}',
  'order-not-taken': '代理没有接收此指令',
  'cancelled-by': '由 {by} 取消',
  'cancelled-after-loss': '已取消；代理上已没有此运行',
  'no-word-for-hours': '代理已 {hours} 小时没有消息',
  'run-lost': '代理上已没有此运行：它被重启或中断了',
  'agent-was-released': '代理已被释放',
  'center-was-down': '此时控制中心没有运行',
  'repository-in-use':
    '{hasTask, select, yes {“{task}”的} other {}}{run, select, backup {备份} restore {恢复} check {检查} forget {清除快照} prune {清理} other {运行}}正在使用此存储库',
  'repository-in-care': '{run, select, forget {正在清除此存储库的快照} other {正在清理此存储库}}',
  'care-goes-first':
    '{run, select, forget {清除快照} other {清理}}自 {since} 起一直在等待此存储库，将先进行；本次运行最多等到 {until}',
  'copies-away': '保存这些快照的所有副本都必须在线（{nodes}）',
  'nothing-to-forget': '现在它的所有快照都要保留',
  'files-unread': '{count, plural, other {# 个文件}}无法读取',
  'files-unrestored': '{count, plural, other {# 个文件}}无法恢复',
  'commands-failed': '没有为 {names} 生成快照{files, plural, =0 {} other {，另有 # 个文件无法读取}}',
  'hooks-failed': '备份是完整的，但有钩子失败：{names}',
  failure:
    '{code_key, select, path_not_found {找不到路径} path_unreadable {路径无法读取} target_not_allowed {不允许恢复到此目标} target_not_empty {目标文件夹不为空} command_not_allowed {不允许此命令} no_node {没有可用的存储节点} node_offline {存储节点离线} node_full {存储节点已满} quota_exceeded {配额已用完} node_unreachable {无法连接存储节点} agent_offline {代理离线} agent_busy {代理正忙} unknown_address {未知地址} repository_locked {存储库已锁定} repository_damaged {存储库已损坏} pack_damaged {数据包已损坏} hash_mismatch {校验和不符} wrong_password {密码不正确} snapshot_not_found {找不到快照} not_found {不存在} lock_lost {失去了锁} source_changed {来源已变化} cancelled {已取消} interrupted {已中断} timeout {超时} unavailable {暂时不可用} forbidden {被拒绝} conflict {冲突} other {出错}}：{detail}',
  words: '{words}',

  'task-missed': '“{task}”：最近 {count} 次备份未执行{hasReason, select, yes {：{reason}} other {}}',
  'task-failed': '“{task}”：最近一次备份失败{hasReason, select, yes {：{reason}} other {}}',
  'task-never-ran': '“{task}”还没有运行过',
  'task-partial': '“{task}”：最近一次备份不完整{hasReason, select, yes {：{reason}} other {}}',
  'task-unscheduled': '“{task}”没有计划，上次运行在 {days} 天前',
  'server-unknown': '对此服务器一无所知',
  'server-without-task': '它没有任务',
  'server-without-agent': '它已没有注册的代理',
  'server-offline': '它的代理离线',
  'keep-master-key': '请在别处也保存主密钥：没有它，所有存储库的密码都会丢失',
  'keep-recovery-kit': '请在别处保存 {of} 的恢复包',
  'one-time-password': '{email} 仍在使用一次性密码',
  'plain-http': '与 {name} 之间使用未加密的 HTTP',

  'run-ended':
    '{hasServer, select, yes {{server} 的} other {}}{run, select, backup {备份} restore {恢复} check {检查} forget {清除快照} prune {清理} replicate {复制} drill {恢复演练} other {运行}}{hasTask, select, yes {“{task}”} other {}}{state, select, succeeded {成功} partial {不完整{files, plural, =0 {} other {：{files} 个文件未能{run, select, backup {备份} restore {恢复} other {读取}}}}} cancelled {已取消} stopped {{run, select, backup {未执行} other {已停止}}} other {失败}}{hasReason, select, yes {：{reason}} other {}}',
  'backup-was-due':
    '{server} 的备份“{task}”{count, plural, one {应在 {since} 执行} other {自 {since} 起应执行 # 次}}，当时控制中心没有运行；现在开始执行',
  'join-token-made':
    '{by} 为{peer_key, select, agent {代理} maintenance {维护代理} other {存储节点}}{hasAddress, select, yes {（{address}）} other {}}创建了加入令牌',
  'agent-enrolled':
    '{address} 的{peer_key, select, maintenance {维护代理} other {代理}}已注册{plainHttp, select, true {，使用未加密的 HTTP} other {}}',
  'node-enrolled': '存储节点 {node} 已注册{plainHttp, select, true {，使用未加密的 HTTP} other {}}',
  'agent-released': '{by} 释放了 {address} 的代理：现在可由另一个代理注册此地址',
  'node-draining': '{by} 开始排空 {node}：不再有备份写入',
  'node-in-use': '{by} 重新启用了 {node}',
  'node-removed': '{by} 移除了存储节点 {node}',
  'api-token-made': '{by} 创建了 API 令牌“{name}”，角色为 {role}',
  'api-token-revoked': '{by} 撤销了一个 API 令牌',
  'user-added': '{by} 添加了用户 {email}，角色为 {role}',
  'user-changed': '{by} 修改了用户 {email}：现为 {name}，{role}',
  'user-removed': '{by} 移除了用户 {email}',
  'password-changed': '{email} 修改了密码',
  'password-reset': '{email} 的密码已在控制中心所在的机器上重置',
  'repository-adopted': '{by} 登记了 {node} 上的存储库 {name}，含 {count} 个快照',
  'copy-adopted': '{by} 登记了 {of} 的存储库在 {node} 上的副本，含 {count} 个快照',
  'recovery-kit-read': '{by} 读取了 {of} 的恢复包',
  'recovery-kit-confirmed': '{by} 已在别处保存 {of} 的恢复包',
  'access-tokens-issued': '{by} 获得了 {of} 的存储库的令牌，权限：{verbs}',
  'settings-changed': '{by} 修改了设置：{what}',
  'forgetting-paused': '“{task}”的快照暂不清除{hasReason, select, yes {：{reason}} other {}}',
  'snapshot-removal': '{by} 要求移除 {of} 的快照 {snapshot}',
  'snapshot-confirmed': '{by} 确认了快照 {snapshot}',
  'lock-removed': '{by} 移除了 {of} 的存储库在 {node} 上的锁',
  'damage-mended': '{of} 的存储库在 {node} 上的损坏已修复',
  'care-changed': '{by} 更改了 {of} 的存储库的维护计划',

  'kept-by-rule':
    '{oldest, select, true {最早的一个，算作} other {}}{hasSpan, select, yes {{span} 以内的} other {}}{rule, select, last {最近的快照} hourly {每小时快照} daily {每日快照} weekly {每周快照} monthly {每月快照} yearly {每年快照} other {全部快照}}',
  'kept-without-policy': '此任务没有保留规则',
  'kept-in-doubt': '在有人确认之前保留',
  'snapshot-from-future': '它自称的创建时间比记录时间晚 {minutes} 分钟',
  'snapshot-tiny': '它的{measure, select, files {文件数} other {字节数}}只有此前快照的 {percent}%',
  'paused-by-doubt': '快照 {snapshot} 需要确认：{reason}',
  'paused-by-unknown': '{nodes} 上有 {count, plural, other {# 个}}快照不是由我们派发的运行创建的',
  'care-is-off': '此存储库的维护计划已关闭',

  'path-missing': '{server} 上目前没有 {path}',
  'last-snapshot-of-task': '这是“{task}”仅存的快照',
  'removal-waits-for': '待 {nodes} 恢复连接后才会移除',
  'path-unreadable': '{server} 的代理目前无法读取 {path}',

  'test-notice': '这是一次测试：失败和未执行的备份将以这种方式通知',

  ...agentRemarks,
};
