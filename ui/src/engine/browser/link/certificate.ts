/** Not in every browser, nor in TypeScript's types. */
interface WithCertificates {
  getRemoteCertificates?(): ArrayBuffer[];
}

/**
 * Whether the other end's certificate is the one that was proven, by SHA-256 in hexadecimal. Browsers compare it with the
 * description themselves; this is so that nothing depends on reading descriptions as they do.
 */
export async function isProven(transport: RTCDtlsTransport, fingerprint: string): Promise<boolean> {
  const certificates = (transport as WithCertificates).getRemoteCertificates?.();
  // Pages without TLS have no digests: the browser's own comparison holds.
  if (!certificates || !isSecureContext) return true;
  const [certificate] = certificates;
  if (!certificate) return false;
  const digest = new Uint8Array(await crypto.subtle.digest('SHA-256', certificate));
  return [...digest].map((byte) => byte.toString(16).padStart(2, '0')).join('') === fingerprint;
}
