import assert from "node:assert/strict";
import forge from "node-forge";

/** Makes a certificate and reads it. */
export async function use(): Promise<void> {
  const keys = forge.pki.rsa.generateKeyPair(1024);
  const certificate = forge.pki.createCertificate();
  certificate.publicKey = keys.publicKey;
  certificate.setSubject([{ name: "commonName", value: "mine" }]);
  certificate.sign(keys.privateKey, forge.md.sha256.create());
  const read = forge.pki.certificateFromPem(forge.pki.certificateToPem(certificate));
  assert.equal(read.subject.getField("CN").value, "mine");
}
