import { pieceBytes, withBytes } from '../../providers/editing/editable-answer.ts';
import { editable } from '../answer/edits.ts';
import type { Operator } from '../operator.ts';

/** The same bytes in chunks of 7, which split lines and UTF-8 sequences: finds hand-written stream parsers. */
export const streamResliced: Operator = {
  id: 'stream-resliced',
  family: 'stream',
  summary: 'the network delivers the same stream in odd slices',
  evidence:
    'TCP and proxies deliver bytes as they like; hand-written parsers of server-sent events split lines and characters.',
  priority: 1,
  plan(target) {
    const found = editable(target);
    if (!found?.body.streamed || found.body.framing === 'json-array') return [];
    const { framing, pieces } = found.body;
    const bytes = Buffer.concat(pieces.map(piece => pieceBytes(framing, piece)));
    if (bytes.length > 200_000) return [];
    const slices = Array.from({ length: Math.ceil(bytes.length / 7) }, (_, i) =>
      bytes.subarray(i * 7, i * 7 + 7),
    );
    return [
      { answer: withBytes(found.body, slices), times: 'once', lost: false, detail: 'chunks of 7 bytes' },
    ];
  },
};
