/** Files that a recording names instead of holding them (a HAR's `_file`); undefined where there is no such file. */
export type Attachments = (name: string) => Uint8Array | undefined;

export const noAttachments: Attachments = () => undefined;
