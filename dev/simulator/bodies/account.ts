import { uuid } from '../world';

/** A person or a bot, derived from the display name alone. */
export function accountBody(name: string) {
  const nickname = name.split(' ')[0].toLowerCase();
  return {
    type: 'user',
    uuid: uuid('user', name),
    account_id: `557058:${nickname}`,
    display_name: name,
    nickname,
  };
}
