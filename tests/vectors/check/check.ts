// Recomputes ../keys.json from docs/key-agreement.md, on WebCrypto (and hash-wasm for Argon2id). A line for each group;
// fails on any difference.

import { readFileSync } from "node:fs";
import { argon2id } from "hash-wasm";

type Bytes = Uint8Array<ArrayBuffer>;
const subtle = crypto.subtle;
const vectors = JSON.parse(readFileSync(new URL("../../keys.json", import.meta.url), "utf8"));

const bytes = (...numbers: number[]): Bytes => new Uint8Array(numbers);
const text = (value: string): Bytes => new Uint8Array(new TextEncoder().encode(value));
const unhex = (value: string): Bytes => new Uint8Array(Buffer.from(value, "hex"));
const hex = (value: Uint8Array): string => Buffer.from(value).toString("hex");
const join = (...parts: Uint8Array[]): Bytes => new Uint8Array(Buffer.concat(parts));
const u64 = (value: number): Bytes => {
  const field = new DataView(new ArrayBuffer(8));
  field.setBigUint64(0, BigInt(value));
  return new Uint8Array(field.buffer);
};

/** A domain, then fields: bytes as they are, numbers in 8 bytes, each behind its length in 4. */
const canonical = (domain: string, ...fields: (Uint8Array | number)[]): Bytes =>
  join(
    ...[text(domain), ...fields].flatMap((field) => {
      const value = typeof field === "number" ? u64(field) : field;
      return [u64(value.length).subarray(4), value];
    }),
  );

const sha256 = async (data: Bytes): Promise<Bytes> => new Uint8Array(await subtle.digest("SHA-256", data));

const hkdf = async (key: Bytes, salt: Bytes, info: Bytes, length = 32): Promise<Bytes> => {
  const imported = await subtle.importKey("raw", key, "HKDF", false, ["deriveBits"]);
  return new Uint8Array(await subtle.deriveBits({ name: "HKDF", hash: "SHA-256", salt, info }, imported, 8 * length));
};

const hmac = async (key: Bytes, data: Bytes): Promise<Bytes> => {
  const imported = await subtle.importKey("raw", key, { name: "HMAC", hash: "SHA-256" }, false, ["sign"]);
  return new Uint8Array(await subtle.sign("HMAC", imported, data));
};

const seal = async (key: Bytes, iv: Bytes, data: Bytes, additionalData: Bytes): Promise<Bytes> => {
  const imported = await subtle.importKey("raw", key, "AES-GCM", false, ["encrypt"]);
  return new Uint8Array(await subtle.encrypt({ name: "AES-GCM", iv, additionalData }, imported, data));
};

const sign = async (seed: Bytes, data: Bytes): Promise<Bytes> => {
  const pkcs8 = join(unhex("302e020100300506032b657004220420"), seed);
  return new Uint8Array(await subtle.sign("Ed25519", await subtle.importKey("pkcs8", pkcs8, "Ed25519", false, ["sign"]), data));
};

const verify = async (key: Bytes, signature: Bytes, data: Bytes): Promise<boolean> =>
  subtle.verify("Ed25519", await subtle.importKey("raw", key, "Ed25519", false, ["verify"]), signature, data);

const agree = async (secret: Bytes, publicKey: Bytes): Promise<Bytes> => {
  const pkcs8 = join(unhex("302e020100300506032b656e04220420"), secret);
  const own = await subtle.importKey("pkcs8", pkcs8, "X25519", false, ["deriveBits"]);
  const other = await subtle.importKey("raw", publicKey, "X25519", false, []);
  return new Uint8Array(await subtle.deriveBits({ name: "X25519", public: other }, own, 256));
};

let failures = 0;
const same = (what: string, computed: Uint8Array | string, published: string): void => {
  const value = typeof computed === "string" ? computed : hex(computed);
  if (value === published) return;
  failures += 1;
  console.error(`  ${what}: computed ${value}, published ${published}`);
};
const group = async (name: string, check: () => Promise<void>): Promise<void> => {
  const before = failures;
  await check();
  console.log(`${failures === before ? "ok    " : "FAILED"} ${name}`);
};

const none = bytes();
const { room, password, offerer, answerer, session, proofs } = vectors;
const secret = unhex(room.secret);
const R = await hkdf(secret, none, text("conclave room id"), 16);
const helloKey = await hkdf(secret, none, text("conclave v1 hello"));
const epochKeyOf = (root: Bytes, salt: Bytes, epoch: number): Promise<Bytes> =>
  hkdf(root, salt, join(text("conclave v1 epoch"), u64(epoch)));

await group("room", async () => {
  same("R", R, room.roomId);
  same("hello key", helloKey, room.helloKey);
  const root = await hkdf(secret, none, join(text("conclave v1 room"), unhex(room.host)));
  same("K", root, room.rootKey);
  same("K of epoch 0", await epochKeyOf(root, none, 0), room.epochKey);
});

let epochKey: Bytes = none;
await group("password and epoch", async () => {
  const normalised = text(password.typed.normalize("NFKC"));
  same("normalised", normalised, password.normalised);
  const salt = await hkdf(secret, none, text("conclave v1 password salt"), 16);
  same("salt", salt, password.salt);
  const stretched = new Uint8Array(
    await argon2id({
      password: normalised, salt, memorySize: 64 * 1024, iterations: 3, parallelism: 1, hashLength: 32, outputType: "binary",
    }),
  );
  same("stretched", stretched, password.stretched);
  const root = await hkdf(join(secret, stretched), none, join(text("conclave v1 room"), unhex(room.host)));
  same("K", root, password.rootKey);
  epochKey = await epochKeyOf(root, unhex(password.epochSecret), password.epoch);
  same("K of the epoch", epochKey, password.epochKey);
});

type Side = typeof offerer;
const helloOf = (side: Side, other: Side, role: number, commitment: Bytes, answers: Bytes, signature: Bytes): Bytes =>
  canonical(
    "conclave hello", 1, side.features, R, password.epoch, role, unhex(side.participant), unhex(other.participant),
    unhex(side.deviceKey), unhex(side.agreementKey), unhex(side.nonce), commitment, answers, signature,
  );
const sealHello = async (side: Side, other: Side, hello: Bytes): Promise<Bytes> => {
  const additionalData = canonical("conclave hello seal", R, unhex(side.participant), unhex(other.participant));
  return join(bytes(1), unhex(side.sealNonce), await seal(helloKey, unhex(side.sealNonce), hello, additionalData));
};

const commitment = await sha256(canonical("conclave v1 commitment", unhex(offerer.share)));
const offer = helloOf(offerer, answerer, 1, commitment, none, none);
const answers = await sha256(offer);
const signedByAnswerer =
  canonical("conclave v1 hello answer", answers, helloOf(answerer, offerer, 2, none, answers, none));
const answererSignature = await sign(unhex(answerer.deviceSeed), signedByAnswerer);
const answer = helloOf(answerer, offerer, 2, none, answers, answererSignature);
const signedByOfferer = canonical("conclave v1 device", offer, answer);

await group("hellos", async () => {
  same("commitment", commitment, session.commitment);
  same("hash of the offer", await sha256(offer), session.answers);
  same("offerer's hello", offer, offerer.hello);
  same("answerer's hello", answer, answerer.hello);
  same("offerer's sealed hello", await sealHello(offerer, answerer, offer), offerer.sealedHello);
  same("answerer's sealed hello", await sealHello(answerer, offerer, answer), answerer.sealedHello);
});

await group("devices", async () => {
  const { devices } = vectors;
  const signed: [Side, Bytes][] = [[offerer, signedByOfferer], [answerer, signedByAnswerer]];
  same("answerer's signature", answererSignature, devices.answerer);
  same("offerer's signature", await sign(unhex(offerer.deviceSeed), signedByOfferer), devices.offerer);
  same("first envelope", vectors.envelopes[0].plain, devices.offerer);
  for (const [role, published] of [[1, devices.offerer], [2, devices.answerer]]) {
    const [side, words] = signed[role - 1]!;
    same(`signature of ${role} fits`, String(await verify(unhex(side.deviceKey), unhex(published), words)), "true");
  }
  for (const { what, role, signature } of devices.refused) {
    const [side, words] = signed[role - 1]!;
    same(`${what} of ${role}`, String(await verify(unhex(side.deviceKey), unhex(signature), words)), "false");
  }
});

const agreed = await agree(unhex(offerer.agreementSecret), unhex(answerer.agreementKey));
const sessionSalt = await sha256(canonical("conclave v1 session", offer, answer));
const sessionKey = (info: string, length = 32): Promise<Bytes> =>
  hkdf(join(epochKey, agreed), sessionSalt, text(info), length);
const directionKey = [
  await sessionKey("conclave v1 envelope offerer to answerer"),
  await sessionKey("conclave v1 envelope answerer to offerer"),
];
const keyCheck = await sessionKey("conclave v1 key check", 16);
const proofKey = await sessionKey("conclave v1 proof");
const channelRoot = await sessionKey("conclave v1 channels");

await group("session keys", async () => {
  same("agreed", agreed, session.agreed);
  same("agreed, as the answerer", await agree(unhex(answerer.agreementSecret), unhex(offerer.agreementKey)), session.agreed);
  same("offerer to answerer", directionKey[0]!, session.offererToAnswerer);
  same("answerer to offerer", directionKey[1]!, session.answererToOfferer);
  same("key check", keyCheck, session.keyCheck);
  same("proof", proofKey, session.proof);
  same("channels", channelRoot, session.channels);
});

const counterNonce = (number: number): Bytes => join(bytes(0, 0, 0, 0), u64(number));

await group("envelopes", async () => {
  for (const envelope of vectors.envelopes) {
    const [from, to] = envelope.from === 1 ? [offerer, answerer] : [answerer, offerer];
    const additionalData = canonical(
      "conclave v1 envelope", R, password.epoch, unhex(from.participant), unhex(to.participant), unhex(offerer.nonce),
      unhex(answerer.nonce), envelope.number, envelope.type,
    );
    const nonce = counterNonce(envelope.number);
    const sealed = await seal(directionKey[envelope.from - 1]!, nonce, unhex(envelope.plain), additionalData);
    const wire = join(bytes(2, envelope.type), u64(envelope.number), keyCheck, sealed);
    same(`envelope ${envelope.number} of ${envelope.from}`, wire, envelope.sealed);
  }
});

const transcript = await sha256(
  canonical(
    "conclave v1 transcript", R, password.epoch, offer, answer, unhex(offerer.fingerprint), unhex(answerer.fingerprint),
    text(offerer.iceUfrag), text(answerer.iceUfrag), text(offerer.setup), text(answerer.setup),
  ),
);

await group("transcript and proofs", async () => {
  same("T", transcript, proofs.transcript);
  for (const [role, side, published] of [[1, offerer, proofs.offerer], [2, answerer, proofs.answerer]]) {
    const share = unhex(side.share);
    const mac = await hmac(proofKey, canonical("conclave v1 proof mac", role, transcript, share));
    const signed = canonical("conclave v1 proof signature", role, transcript, share);
    const signature = await sign(unhex(side.deviceSeed), signed);
    same(`proof of ${role}`, join(bytes(role), mac, signature, share), published);
    same(`signature of ${role} fits`, String(await verify(unhex(side.deviceKey), signature, signed)), "true");
  }
});

await group("safety emoji", async () => {
  const shares = join(unhex(offerer.share), unhex(answerer.share));
  const bits = BigInt(`0x${hex(await hkdf(shares, transcript, text("conclave v1 emoji"), 6))}`);
  const numbers = Array.from({ length: 7 }, (_, i) => Number((bits >> BigInt(42 - 6 * i)) & 63n));
  same("emoji", numbers.join(), proofs.emoji.join());
  same("their names", numbers.map((number) => proofs.emojiList[number].name).join(), proofs.emojiNames.join());
});

await group("data channel", async () => {
  const { label, stream, messages } = vectors.channel;
  for (const message of messages) {
    const key = await hkdf(channelRoot, none, canonical("conclave v1 channel", text(label), stream, message.from));
    const additionalData =
      canonical("conclave v1 channel message", text(label), stream, message.from, message.number);
    const sealed = await seal(key, counterNonce(message.number), unhex(message.plain), additionalData);
    same(`message of ${message.from}`, join(u64(message.number), sealed), message.sealed);
  }
});

await group("room code", async () => {
  const devices = [...new Set<string>(vectors.roomCode.devices)].sort().map(unhex);
  const roster = await subtle.importKey("raw", canonical("conclave v1 room code", R, ...devices), "PBKDF2", false, ["deriveBits"]);
  const salt = text("conclave v1 room code");
  const stretching = { name: "PBKDF2", hash: "SHA-256", salt, iterations: 20_000 };
  const stretched = new Uint8Array(await subtle.deriveBits(stretching, roster, 256));
  const digits = new DataView((await hkdf(stretched, none, salt, 48)).buffer);
  const groups = Array.from({ length: 6 }, (_, i) => String(digits.getBigUint64(8 * i) % 100_000n).padStart(5, "0"));
  same("code", groups.join(" "), vectors.roomCode.code);
});

await group("next epoch", async () => {
  const { epoch, secret: epochSecret, secretHash } = vectors.nextEpoch;
  const hash = await sha256(canonical("conclave v1 epoch secret", R, epoch, unhex(epochSecret)));
  same("hash of its secret", hash, secretHash);
  const removal = vectors.statements.find((statement: { domain: string }) => statement.domain === "conclave v1 removal");
  same("hash in the removal", JSON.parse(removal.json).secretHash, Buffer.from(hash).toString("base64url"));
});

await group("statements", async () => {
  const [seed, signer] = [unhex(offerer.deviceSeed), unhex(offerer.deviceKey)];
  for (const statement of vectors.statements) {
    const json = text(statement.json);
    const signature = await sign(seed, canonical(statement.domain, signer, json));
    same(statement.domain, join(bytes(statement.kind), signer, signature, json), statement.bytes);
  }
});

if (failures > 0) {
  console.error(`${failures} of the published values differ`);
  process.exit(1);
}
