/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Signs a file with a key of the token:
 *
 *	java SignFile.java CONFIG PINFILE ALIAS ALGORITHM FILE
 *
 * writes the signature to FILE.sig.  The algorithm is one of Java's names:
 * SHA256withRSA, SHA256withECDSA.
 */
import java.nio.file.*;
import java.security.*;

public class SignFile {
	public static void main(String[] args) throws Exception {
		Provider token = Security.getProvider("SunPKCS11")
		    .configure(args[0]);
		char[] pin = Files.readString(Path.of(args[1])).trim()
		    .toCharArray();
		Path file = Path.of(args[4]);

		KeyStore keys = KeyStore.getInstance("PKCS11", token);
		keys.load(null, pin);
		PrivateKey key = (PrivateKey) keys.getKey(args[2], null);
		if (key == null)
			throw new KeyStoreException("no key " + args[2]);

		Signature signature = Signature.getInstance(args[3], token);
		signature.initSign(key);
		signature.update(Files.readAllBytes(file));
		Files.write(Path.of(file + ".sig"), signature.sign());
	}
}
