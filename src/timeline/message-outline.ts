import type { Message } from '../providers/call.ts';

/** What sort of message: its parts' types and tools, for pairing messages whose words differ. */
export function outline({ parts }: Message): string {
  return parts
    .map(part =>
      part.type === 'tool_call'
        ? part.call.name
        : part.type === 'tool_result'
          ? (part.result.name ?? '')
          : part.type,
    )
    .join();
}
