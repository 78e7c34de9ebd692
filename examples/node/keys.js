/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Keys of a token, with pkcs11js: list, find, sign; and CNG key blobs in and
 * out, by the wrapping mechanisms of the module.
 *
 *	node keys.js MODULE PIN-FILE TOKEN KEY BLOB
 *
 * BLOB is an ECCPRIVATEBLOB, as NCryptExportKey gives it.
 */
"use strict";

const fs = require("fs");
const p11 = require("pkcs11js");

const VENDOR = 0x80000000 + 0x434e4700;
const CKM_CNG_ECCPRIVATE = VENDOR + 5;
const NULL_KEY_ID = Buffer.from("CNG-NULL");

if (process.argv.length !== 7) {
	console.error("node keys.js MODULE PIN-FILE TOKEN KEY BLOB");
	process.exit(2);
}
const [module_, pinFile, label, name, blobFile] = process.argv.slice(2);

const lib = new p11.PKCS11();
lib.load(module_);
lib.C_Initialize();

const slot = lib.C_GetSlotList(true).find((one) =>
	lib.C_GetTokenInfo(one).label.replace(/[ \0]+$/, "") === label);
if (slot === undefined)
	throw new Error("no token " + label);
const session = lib.C_OpenSession(slot,
	p11.CKF_SERIAL_SESSION | p11.CKF_RW_SESSION);
lib.C_Login(session, p11.CKU_USER,
	fs.readFileSync(pinFile, "utf8").split("\n")[0]);

function findAll(template) {
	const found = [];
	let one;

	lib.C_FindObjectsInit(session, template);
	while ((one = lib.C_FindObjects(session)) !== null)
		found.push(one);
	lib.C_FindObjectsFinal(session);
	return found;
}

function find(template) {
	const found = findAll(template);

	if (found.length !== 1)
		throw new Error(found.length + " objects, not one");
	return found[0];
}

function attribute(object, type) {
	return lib.C_GetAttributeValue(session, object, [{ type }])[0].value;
}

for (const key of findAll([
	{ type: p11.CKA_CLASS, value: p11.CKO_PRIVATE_KEY }]))
	console.log("private key", attribute(key, p11.CKA_LABEL).toString());

const privateKey = find([
	{ type: p11.CKA_CLASS, value: p11.CKO_PRIVATE_KEY },
	{ type: p11.CKA_LABEL, value: name },
]);
const publicKey = find([
	{ type: p11.CKA_CLASS, value: p11.CKO_PUBLIC_KEY },
	{ type: p11.CKA_LABEL, value: name },
]);
const message = Buffer.from("a message to be signed");
const how = { mechanism: p11.CKM_SHA256_RSA_PKCS };
lib.C_SignInit(session, how, privateKey);
const signature = lib.C_Sign(session, message, Buffer.alloc(1024));
lib.C_VerifyInit(session, how, publicKey);
console.log("signature is good:", lib.C_Verify(session, message, signature));

/* NCryptImportKey: by the null key, as the blob is in clear */
const blobMechanism = { mechanism: CKM_CNG_ECCPRIVATE };
const nullKey = find([{ type: p11.CKA_ID, value: NULL_KEY_ID }]);
const blob = fs.readFileSync(blobFile);
const kind = [
	{ type: p11.CKA_CLASS, value: p11.CKO_PRIVATE_KEY },
	{ type: p11.CKA_KEY_TYPE, value: p11.CKK_EC },
	{ type: p11.CKA_TOKEN, value: false },
];
const imported = lib.C_UnwrapKey(session, blobMechanism, nullKey, blob, [
	...kind,
	{ type: p11.CKA_SENSITIVE, value: false },
	{ type: p11.CKA_EXTRACTABLE, value: true },
]);
/* NCryptExportKey */
const back = lib.C_WrapKey(session, blobMechanism, nullKey, imported,
	Buffer.alloc(4096));
console.log("blob is the same:", back.equals(blob));

/* under a key, which is what leaves the machine */
const wrapping = lib.C_GenerateKey(session,
	{ mechanism: p11.CKM_AES_KEY_GEN }, [
		{ type: p11.CKA_VALUE_LEN, value: 32 },
		{ type: p11.CKA_TOKEN, value: false },
		{ type: p11.CKA_WRAP, value: true },
		{ type: p11.CKA_UNWRAP, value: true },
	]);
const wrapped = lib.C_WrapKey(session, blobMechanism, wrapping, imported,
	Buffer.alloc(4096));
const again = lib.C_UnwrapKey(session, blobMechanism, wrapping, wrapped, kind);
console.log("wrapped key is the same:", attribute(imported, p11.CKA_ID)
	.equals(attribute(again, p11.CKA_ID)));

lib.C_Logout(session);
lib.C_CloseSession(session);
lib.C_Finalize();
