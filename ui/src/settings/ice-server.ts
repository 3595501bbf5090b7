/** Whether a text is the address of a STUN or TURN server, as RFC 7064 and RFC 7065 write them. */
export function isIceServerUrl(text: string): boolean {
  const address = /^(?:stuns?:([^\s?@/]+)|turns?:([^\s?@/]+)(?:\?transport=(?:udp|tcp))?)$/u.exec(
    text.trim(),
  );
  const host = address?.[1] ?? address?.[2];
  return host !== undefined && URL.canParse(`http://${host}/`);
}

export function isRelay(url: string): boolean {
  return /^turns?:/u.test(url);
}
