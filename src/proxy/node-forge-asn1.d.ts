/** node-forge's ASN.1 alone: a fifth of the whole package's start-up time. */
declare module 'node-forge/lib/asn1.js' {
  import type { asn1 } from 'node-forge';

  const forgeAsn1: typeof asn1;
  export default forgeAsn1;
}
