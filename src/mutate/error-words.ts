/** Words by which tools and agents say that something went wrong. */
const ERROR_WORDS =
  /\b(errors?|fail(ed|ure|s)?|exception|unable|could ?n['o]t|could not|can ?not|can't|unavailable|truncated|incomplete|cut (off|short)|invalid|malformed|try again|retry later|warning|refus(ed|al|es)|rejected|denied|timed? ?out|interrupted|aborted|missing|unknown|unsupported|unexpected|not (found|completed|processed|possible|finished|valid|allowed)|went wrong|no (answer|response|reply)|empty (answer|response|reply))\b/i;

export function saysError(text: string): boolean {
  return ERROR_WORDS.test(text);
}
