/* SPDX-License-Identifier: BSD-2-Clause
 *
 * The same as keys.js, with graphene, which puts classes over pkcs11js: list,
 * find, sign; and CNG key blobs in and out, by the wrapping mechanisms of the
 * module.
 *
 *	node graphene.js MODULE PIN-FILE TOKEN KEY BLOB
 *
 * BLOB is an ECCPRIVATEBLOB, as NCryptExportKey gives it.
 */
"use strict";

const fs = require("fs");
const { KeyGenMechanism, KeyType, Module, ObjectClass, SessionFlag } =
	require("graphene-pk11");

const VENDOR = 0x80000000 + 0x434e4700;
const CKM_CNG_ECCPRIVATE = VENDOR + 5;
const NULL_KEY_ID = Buffer.from("CNG-NULL");

if (process.argv.length !== 7) {
	console.error("node graphene.js MODULE PIN-FILE TOKEN KEY BLOB");
	process.exit(2);
}
const [file, pinFile, tokenLabel, label, blobFile] = process.argv.slice(2);

const cryptoki = Module.load(file);
cryptoki.initialize();

function all(collection) {
	return Array.from({ length: collection.length },
		(_, i) => collection.items(i));
}

const slot = all(cryptoki.getSlots(true)).find((one) =>
	one.getToken().label === tokenLabel);
if (slot === undefined)
	throw new Error("no token " + tokenLabel);
const session = slot.open(SessionFlag.SERIAL_SESSION | SessionFlag.RW_SESSION);
session.login(fs.readFileSync(pinFile, "utf8").split("\n")[0]);

function find(template) {
	const found = all(session.find(template));

	if (found.length !== 1)
		throw new Error(found.length + " objects, not one");
	return found[0].toType();
}

for (const key of all(session.find({ class: ObjectClass.PRIVATE_KEY })))
	console.log("private key", key.toType().label);

const privateKey = find({ class: ObjectClass.PRIVATE_KEY, label });
const publicKey = find({ class: ObjectClass.PUBLIC_KEY, label });
const message = Buffer.from("a message to be signed");
const signature = session.createSign("SHA256_RSA_PKCS", privateKey)
	.once(message);
console.log("signature is good:",
	session.createVerify("SHA256_RSA_PKCS", publicKey)
		.once(message, signature));

/* NCryptImportKey: by the null key, as the blob is in clear */
const nullKey = find({ id: NULL_KEY_ID });
const blob = fs.readFileSync(blobFile);
const kind = {
	class: ObjectClass.PRIVATE_KEY,
	keyType: KeyType.EC,
	token: false,
};
const imported = session.unwrapKey(CKM_CNG_ECCPRIVATE, nullKey, blob,
	{ ...kind, sensitive: false, extractable: true });
/* NCryptExportKey */
const back = session.wrapKey(CKM_CNG_ECCPRIVATE, nullKey, imported);
console.log("blob is the same:", back.equals(blob));

/* under a key, which is what leaves the machine */
const wrapping = session.generateKey(KeyGenMechanism.AES,
	{ valueLen: 32, token: false, wrap: true, unwrap: true });
const wrapped = session.wrapKey(CKM_CNG_ECCPRIVATE, wrapping, imported);
const again = session.unwrapKey(CKM_CNG_ECCPRIVATE, wrapping, wrapped, kind);
console.log("wrapped key is the same:", imported.id.equals(again.id));

session.logout();
session.close();
cryptoki.finalize();
