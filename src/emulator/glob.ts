/** Whether `text` is covered by `pattern`, where `*` stands for anything; case ignored. */
export function globMatches(pattern: string, text: string): boolean {
  const source = pattern.split('*').map(part => part.replace(/[\\^$.*+?()[\]{}|]/g, '\\$&'));
  return new RegExp(`^${source.join('[\\s\\S]*')}$`, 'iu').test(text);
}
