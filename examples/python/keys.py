#!/usr/bin/python3
# SPDX-License-Identifier: BSD-2-Clause
"""Keys of a token, with PyKCS11: list, find, sign; and CNG key blobs in and
out, by the wrapping mechanisms of the module.

    keys.py MODULE PIN-FILE TOKEN KEY BLOB

BLOB is an ECCPRIVATEBLOB, as NCryptExportKey gives it.
"""
import sys

import PyKCS11

VENDOR = 0x80000000 | 0x434E4700
CKM_CNG_ECCPRIVATE = VENDOR | 5
NULL_KEY_ID = b"CNG-NULL"


def open_session(lib, label):
    """A session with the token of that label."""
    for slot in lib.getSlotList(tokenPresent=True):
        info = lib.getTokenInfo(slot)
        if info.label.strip(" \0") == label:
            return lib.openSession(slot, PyKCS11.CKF_SERIAL_SESSION |
                                   PyKCS11.CKF_RW_SESSION)
    sys.exit("no token " + label)


def find(session, **what):
    """The one object that has these attributes."""
    found = session.findObjects([(getattr(PyKCS11, "CKA_" + name), value)
                                 for name, value in what.items()])
    if len(found) != 1:
        sys.exit(f"{len(found)} objects have {what}")
    return found[0]


def main(module, pin_file, label, name, blob_file):
    lib = PyKCS11.PyKCS11Lib()
    lib.load(module)
    session = open_session(lib, label)
    with open(pin_file, encoding="utf-8") as file:
        session.login(file.readline().rstrip("\n"))

    for key in session.findObjects([(PyKCS11.CKA_CLASS, PyKCS11.CKO_PRIVATE_KEY)]):
        text, bits = session.getAttributeValue(
            key, [PyKCS11.CKA_LABEL, PyKCS11.CKA_KEY_TYPE])
        print("private key", text, PyKCS11.CKK[bits])

    private = find(session, CLASS=PyKCS11.CKO_PRIVATE_KEY, LABEL=name)
    public = find(session, CLASS=PyKCS11.CKO_PUBLIC_KEY, LABEL=name)
    message = b"a message to be signed"
    how = PyKCS11.Mechanism(PyKCS11.CKM_SHA256_RSA_PKCS)
    signature = session.sign(private, message, how)
    print("signature is good:",
          session.verify(public, message, signature, how))

    # NCryptImportKey: unwrapped by the null key, as the blob is in clear
    null_key = find(session, ID=NULL_KEY_ID)
    with open(blob_file, "rb") as file:
        blob = file.read()
    imported = session.unwrapKey(null_key, blob, [
        (PyKCS11.CKA_CLASS, PyKCS11.CKO_PRIVATE_KEY),
        (PyKCS11.CKA_KEY_TYPE, PyKCS11.CKK_EC),
        (PyKCS11.CKA_TOKEN, PyKCS11.CK_FALSE),
        (PyKCS11.CKA_SENSITIVE, PyKCS11.CK_FALSE),
        (PyKCS11.CKA_EXTRACTABLE, PyKCS11.CK_TRUE),
    ], PyKCS11.Mechanism(CKM_CNG_ECCPRIVATE))

    # NCryptExportKey: the same blob comes out, where its policy lets it
    back = session.wrapKey(null_key, imported,
                           PyKCS11.Mechanism(CKM_CNG_ECCPRIVATE))
    print("blob is the same:", bytes(back) == blob)

    # under a key, which is what leaves the machine
    wrapping = session.generateKey([
        (PyKCS11.CKA_CLASS, PyKCS11.CKO_SECRET_KEY),
        (PyKCS11.CKA_KEY_TYPE, PyKCS11.CKK_AES),
        (PyKCS11.CKA_VALUE_LEN, 32),
        (PyKCS11.CKA_TOKEN, PyKCS11.CK_FALSE),
        (PyKCS11.CKA_WRAP, PyKCS11.CK_TRUE),
        (PyKCS11.CKA_UNWRAP, PyKCS11.CK_TRUE),
    ])
    wrapped = session.wrapKey(wrapping, imported,
                              PyKCS11.Mechanism(CKM_CNG_ECCPRIVATE))
    again = session.unwrapKey(wrapping, wrapped, [
        (PyKCS11.CKA_CLASS, PyKCS11.CKO_PRIVATE_KEY),
        (PyKCS11.CKA_KEY_TYPE, PyKCS11.CKK_EC),
        (PyKCS11.CKA_TOKEN, PyKCS11.CK_FALSE),
    ], PyKCS11.Mechanism(CKM_CNG_ECCPRIVATE))
    key_id = session.getAttributeValue(imported, [PyKCS11.CKA_ID])
    print("wrapped key is the same:",
          session.getAttributeValue(again, [PyKCS11.CKA_ID]) == key_id)
    session.logout()
    session.closeSession()


if __name__ == "__main__":
    if len(sys.argv) != 6:
        sys.exit(__doc__)
    main(*sys.argv[1:])
