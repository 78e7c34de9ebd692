/* SPDX-License-Identifier: BSD-2-Clause
 *
 * A key of a token as a crypto.Signer, with github.com/ThalesIgnite/crypto11:
 * what crypto/tls and crypto/x509 take.
 *
 *	signer MODULE PIN-FILE TOKEN KEY
 *
 * It writes a certificate that the key has signed itself.
 */
package main

import (
	"crypto/rand"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"log"
	"math/big"
	"os"
	"strings"
	"time"

	"github.com/ThalesIgnite/crypto11"
)

func must(err error) {
	if err != nil {
		log.Fatal(err)
	}
}

func main() {
	log.SetFlags(0)
	if len(os.Args) != 5 {
		log.Fatal("signer MODULE PIN-FILE TOKEN KEY")
	}
	pin, err := os.ReadFile(os.Args[2])
	must(err)
	token, err := crypto11.Configure(&crypto11.Config{
		Path:       os.Args[1],
		TokenLabel: os.Args[3],
		Pin:        strings.TrimRight(string(pin), "\n"),
	})
	must(err)
	defer token.Close()
	key, err := token.FindKeyPair(nil, []byte(os.Args[4]))
	must(err)
	if key == nil {
		log.Fatalf("no key pair %s", os.Args[4])
	}
	plan := &x509.Certificate{
		SerialNumber: big.NewInt(1),
		Subject:      pkix.Name{CommonName: os.Args[4]},
		NotBefore:    time.Now(),
		NotAfter:     time.Now().AddDate(0, 1, 0),
	}
	der, err := x509.CreateCertificate(rand.Reader, plan, plan,
		key.Public(), key)
	must(err)
	must(pem.Encode(os.Stdout,
		&pem.Block{Type: "CERTIFICATE", Bytes: der}))
}
