import type { signIn as en } from '../en/sign-in.ts';
import type { Translated } from '../translated.ts';

export const signIn: Translated<typeof en> = {
  title: '登录',
  description: '进入备份控制中心。',
  email: '电子邮箱',
  password: '密码',
  submit: '登录',
  refused: '电子邮箱与密码不匹配。',
  tooManyTries: '尝试次数过多，请稍后再试。',
  tooManyTriesFor: '尝试次数过多，请在 {duration} 后再试。',
  change: {
    title: '修改密码',
    titleForced: '设置您自己的密码',
    forced: '您使用的是一次性密码，请先更换再继续。',
    current: '当前密码',
    currentWrong: '当前密码不正确。',
    fresh: '新密码',
    rule: '至少 {length} 个字符；几个词语比特殊符号更好。',
    tooShort: '至少需要 {length} 个字符。',
    same: '新密码不能与当前密码相同。',
    again: '再次输入新密码',
    differs: '两次输入的新密码不一致。',
    submit: '修改密码',
    cancel: '取消',
    done: '密码已修改',
  },
};
