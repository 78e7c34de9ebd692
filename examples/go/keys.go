/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Keys of a token, with github.com/miekg/pkcs11: list, find, sign; and CNG key
 * blobs in and out, by the wrapping mechanisms of the module.
 *
 *	keys MODULE PIN-FILE TOKEN KEY BLOB
 *
 * BLOB is an ECCPRIVATEBLOB, as NCryptExportKey gives it.
 */
package main

import (
	"bytes"
	"fmt"
	"log"
	"os"
	"strings"

	"github.com/miekg/pkcs11"
)

const (
	vendor        = 0x80000000 | 0x434e4700
	eccPrivate    = vendor | 5
	nullKeyID     = "CNG-NULL"
	messageToSign = "a message to be signed"
)

func must(err error) {
	if err != nil {
		log.Fatal(err)
	}
}

func findSlot(p *pkcs11.Ctx, label string) uint {
	slots, err := p.GetSlotList(true)
	must(err)
	for _, slot := range slots {
		info, err := p.GetTokenInfo(slot)
		must(err)
		if strings.TrimRight(info.Label, " \x00") == label {
			return slot
		}
	}
	log.Fatalf("no token %s", label)
	return 0
}

/* All objects with these attributes. */
func findAll(p *pkcs11.Ctx, s pkcs11.SessionHandle,
	what ...*pkcs11.Attribute) []pkcs11.ObjectHandle {
	var found []pkcs11.ObjectHandle
	must(p.FindObjectsInit(s, what))
	for {
		more, _, err := p.FindObjects(s, 100)
		must(err)
		if len(more) == 0 {
			break
		}
		found = append(found, more...)
	}
	must(p.FindObjectsFinal(s))
	return found
}

/* The one that has them. */
func find(p *pkcs11.Ctx, s pkcs11.SessionHandle,
	what ...*pkcs11.Attribute) pkcs11.ObjectHandle {
	found := findAll(p, s, what...)
	if len(found) != 1 {
		log.Fatalf("%d objects, not one", len(found))
	}
	return found[0]
}

func mechanism(number uint) []*pkcs11.Mechanism {
	return []*pkcs11.Mechanism{pkcs11.NewMechanism(number, nil)}
}

func keyID(p *pkcs11.Ctx, s pkcs11.SessionHandle,
	key pkcs11.ObjectHandle) []byte {
	got, err := p.GetAttributeValue(s, key,
		[]*pkcs11.Attribute{pkcs11.NewAttribute(pkcs11.CKA_ID, nil)})
	must(err)
	return got[0].Value
}

func list(p *pkcs11.Ctx, s pkcs11.SessionHandle) {
	for _, key := range findAll(p, s, pkcs11.NewAttribute(
		pkcs11.CKA_CLASS, pkcs11.CKO_PRIVATE_KEY)) {
		got, err := p.GetAttributeValue(s, key, []*pkcs11.Attribute{
			pkcs11.NewAttribute(pkcs11.CKA_LABEL, nil)})
		must(err)
		fmt.Println("private key", string(got[0].Value))
	}
}

func sign(p *pkcs11.Ctx, s pkcs11.SessionHandle, name string) {
	private := find(p, s,
		pkcs11.NewAttribute(pkcs11.CKA_CLASS, pkcs11.CKO_PRIVATE_KEY),
		pkcs11.NewAttribute(pkcs11.CKA_LABEL, name))
	public := find(p, s,
		pkcs11.NewAttribute(pkcs11.CKA_CLASS, pkcs11.CKO_PUBLIC_KEY),
		pkcs11.NewAttribute(pkcs11.CKA_LABEL, name))
	how := mechanism(pkcs11.CKM_SHA256_RSA_PKCS)
	must(p.SignInit(s, how, private))
	signature, err := p.Sign(s, []byte(messageToSign))
	must(err)
	must(p.VerifyInit(s, how, public))
	must(p.Verify(s, []byte(messageToSign), signature))
	fmt.Println("signature is good")
}

/* NCryptImportKey and NCryptExportKey: by the null key in clear, then under a
 * key, which is what leaves the machine. */
func blobs(p *pkcs11.Ctx, s pkcs11.SessionHandle, blob []byte) {
	null := find(p, s, pkcs11.NewAttribute(pkcs11.CKA_ID, nullKeyID))
	imported, err := p.UnwrapKey(s, mechanism(eccPrivate), null, blob,
		[]*pkcs11.Attribute{
			pkcs11.NewAttribute(pkcs11.CKA_CLASS,
				pkcs11.CKO_PRIVATE_KEY),
			pkcs11.NewAttribute(pkcs11.CKA_KEY_TYPE,
				pkcs11.CKK_EC),
			pkcs11.NewAttribute(pkcs11.CKA_TOKEN, false),
			pkcs11.NewAttribute(pkcs11.CKA_SENSITIVE, false),
			pkcs11.NewAttribute(pkcs11.CKA_EXTRACTABLE, true),
		})
	must(err)
	back, err := p.WrapKey(s, mechanism(eccPrivate), null, imported)
	must(err)
	fmt.Println("blob is the same:", bytes.Equal(back, blob))

	wrapping, err := p.GenerateKey(s, mechanism(pkcs11.CKM_AES_KEY_GEN),
		[]*pkcs11.Attribute{
			pkcs11.NewAttribute(pkcs11.CKA_VALUE_LEN, 32),
			pkcs11.NewAttribute(pkcs11.CKA_TOKEN, false),
			pkcs11.NewAttribute(pkcs11.CKA_WRAP, true),
			pkcs11.NewAttribute(pkcs11.CKA_UNWRAP, true),
		})
	must(err)
	wrapped, err := p.WrapKey(s, mechanism(eccPrivate), wrapping, imported)
	must(err)
	again, err := p.UnwrapKey(s, mechanism(eccPrivate), wrapping, wrapped,
		[]*pkcs11.Attribute{
			pkcs11.NewAttribute(pkcs11.CKA_CLASS,
				pkcs11.CKO_PRIVATE_KEY),
			pkcs11.NewAttribute(pkcs11.CKA_KEY_TYPE,
				pkcs11.CKK_EC),
			pkcs11.NewAttribute(pkcs11.CKA_TOKEN, false),
		})
	must(err)
	fmt.Println("wrapped key is the same:",
		bytes.Equal(keyID(p, s, imported), keyID(p, s, again)))
}

func main() {
	log.SetFlags(0)
	if len(os.Args) != 6 {
		log.Fatal("keys MODULE PIN-FILE TOKEN KEY BLOB")
	}
	pin, err := os.ReadFile(os.Args[2])
	must(err)
	blob, err := os.ReadFile(os.Args[5])
	must(err)
	p := pkcs11.New(os.Args[1])
	if p == nil {
		log.Fatalf("%s cannot be loaded", os.Args[1])
	}
	must(p.Initialize())
	s, err := p.OpenSession(findSlot(p, os.Args[3]),
		pkcs11.CKF_SERIAL_SESSION|pkcs11.CKF_RW_SESSION)
	must(err)
	must(p.Login(s, pkcs11.CKU_USER, strings.TrimRight(string(pin), "\n")))
	list(p, s)
	sign(p, s, os.Args[4])
	blobs(p, s, blob)
	must(p.Logout(s))
	must(p.Finalize())
	p.Destroy()
}
