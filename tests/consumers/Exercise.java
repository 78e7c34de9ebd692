/* SPDX-License-Identifier: BSD-2-Clause
 *
 * All that Java's provider does with a token, next to the providers that Java
 * brings: what one makes, the other reads.  The keys are "rsa" and "ec" with
 * their certificates, and the secret keys "aes" and "kek".
 *
 *	java Exercise.java CONFIG PINFILE LEGACYCONFIG
 *
 * prints a line of TAP without its number for each thing, and "end".
 */
import java.io.ByteArrayOutputStream;
import java.nio.file.*;
import java.security.*;
import java.security.spec.*;
import java.util.*;
import java.util.concurrent.*;
import javax.crypto.*;
import javax.crypto.interfaces.DHPublicKey;
import javax.crypto.spec.*;
import javax.security.auth.callback.*;

public class Exercise {
	static final String[] HASHES = { "SHA1", "SHA224", "SHA256", "SHA384",
		"SHA512", "SHA3-224", "SHA3-256", "SHA3-384", "SHA3-512" };
	static final byte[] text =
	    "What is signed and encrypted, longer than any block that is."
	    .getBytes();
	static Provider token;
	static KeyStore keys;
	static char[] pin;

	interface Trial {
		void run() throws Exception;
	}

	static void ok(String what, Trial trial) {
		try {
			trial.run();
			System.out.println("ok - " + what);
		} catch (Exception e) {
			System.out.println("not ok - " + what);
			for (Throwable t = e; t != null; t = t.getCause())
				System.out.println("# " + t);
		}
	}

	static void same(byte[] one, byte[] other) {
		yes(Arrays.equals(one, other), "not the same bytes");
	}

	static void yes(boolean is, String otherwise) {
		if (!is)
			throw new IllegalStateException(otherwise);
	}

	static PrivateKey secret(String alias) throws Exception {
		return (PrivateKey) keys.getKey(alias, null);
	}

	static PublicKey open(String alias) throws Exception {
		return keys.getCertificate(alias).getPublicKey();
	}

	/* Who else can do it. */
	static Provider java(String type, String algorithm) {
		for (Provider p : Security.getProviders())
			if (p != token && p.getService(type, algorithm) != null)
				return p;
		throw new IllegalStateException("only the token knows " +
		    algorithm);
	}

	/* --- signatures ------------------------------------------------- */

	static byte[] signed(Provider by, PrivateKey key, String algorithm,
	    AlgorithmParameterSpec how, byte[] what) throws Exception {
		Signature s = Signature.getInstance(algorithm, by);
		s.initSign(key);
		if (how != null)
			s.setParameter(how);
		s.update(what, 0, 7);
		s.update(what, 7, what.length - 7);
		return s.sign();
	}

	static boolean good(Provider by, PublicKey key, String algorithm,
	    AlgorithmParameterSpec how, byte[] what, byte[] signature)
	    throws Exception {
		Signature s = Signature.getInstance(algorithm, by);
		s.initVerify(key);
		if (how != null)
			s.setParameter(how);
		s.update(what);
		return s.verify(signature);
	}

	static void sign(String what, PrivateKey key, PublicKey open,
	    String algorithm, AlgorithmParameterSpec how) {
		ok(what + ": " + algorithm, () -> {
			byte[] s = signed(token, key, algorithm, how, text);
			byte[] other = text.clone();
			other[3] ^= 1;
			for (Provider p : List.of(token,
			    java("Signature", algorithm))) {
				yes(good(p, open, algorithm, how, text, s),
				    p + " refuses it");
				yes(!good(p, open, algorithm, how, other, s),
				    p + " takes it for another text");
			}
		});
	}

	static PSSParameterSpec pss(String hash, int salt) {
		String name = hash.replace("SHA", "SHA-");
		return new PSSParameterSpec(name, "MGF1",
		    new MGF1ParameterSpec(name), salt, 1);
	}

	static void signatures() throws Exception {
		for (String h : HASHES) {
			sign("RSA", secret("rsa"), open("rsa"), h + "withRSA",
			    null);
			sign("EC", secret("ec"), open("ec"), h + "withECDSA",
			    null);
			if (h.startsWith("SHA3"))
				continue; /* Java 17 has no parameters for it */
			sign("RSA", secret("rsa"), open("rsa"), "RSASSA-PSS",
			    pss(h, 20));
			sign("EC", secret("ec"), open("ec"),
			    h + "withECDSAinP1363Format", null);
		}
		sign("RSA", secret("rsa"), open("rsa"), "MD5withRSA", null);
		ok("EC: a hash that was made before", () -> {
			byte[] hash = MessageDigest.getInstance("SHA-256")
			    .digest(text);
			byte[] s = signed(token, secret("ec"), "NONEwithECDSA",
			    null, hash);
			yes(good(java("Signature", "SHA256withECDSA"),
			    open("ec"), "SHA256withECDSA", null, text, s),
			    "refused");
		});
	}

	/* --- RSA -------------------------------------------------------- */

	static byte[] cipher(Provider by, String how, int mode, Key key,
	    byte[] what) throws Exception {
		Cipher c = Cipher.getInstance(how, by);
		c.init(mode, key);
		return c.doFinal(what);
	}

	static void rsa() throws Exception {
		Provider java = java("Cipher", "RSA");
		for (String pad : List.of("PKCS1Padding", "NoPadding"))
			ok("RSA decrypts: " + pad, () -> {
				String how = "RSA/ECB/" + pad;
				byte[] in = new byte[256];
				System.arraycopy(text, 0, in, 256 - text.length,
				    text.length);
				if (pad.equals("PKCS1Padding"))
					in = text;
				for (Provider p : List.of(token, java))
					same(cipher(token, how,
					    Cipher.DECRYPT_MODE, secret("rsa"),
					    cipher(p, how, Cipher.ENCRYPT_MODE,
					    open("rsa"), in)), in);
			});
		for (Provider p : List.of(token, java))
			ok("an AES key, wrapped by " + p.getName(), () -> {
				String how = "RSA/ECB/PKCS1Padding";
				SecretKey key = new SecretKeySpec(text, 0, 32,
				    "AES");
				Cipher c = Cipher.getInstance(how, p);
				c.init(Cipher.WRAP_MODE, open("rsa"));
				byte[] wrapped = c.wrap(key);
				c = Cipher.getInstance(how, token);
				c.init(Cipher.UNWRAP_MODE, secret("rsa"));
				Key back = c.unwrap(wrapped, "AES",
				    Cipher.SECRET_KEY);
				how = "AES/ECB/PKCS5Padding";
				same(cipher(token, how, Cipher.ENCRYPT_MODE,
				    back, text), cipher(java, how,
				    Cipher.ENCRYPT_MODE, key, text));
			});
	}

	/* --- secret keys ------------------------------------------------ */

	/* In parts; GCM of Java's provider loses the end of those. */
	static byte[] crypt(Provider by, String how, int mode, Key key,
	    AlgorithmParameterSpec iv, byte[] what) throws Exception {
		Cipher c = Cipher.getInstance(how, by);
		c.init(mode, key, iv);
		boolean whole = how.contains("GCM") || how.contains("Poly");
		if (!whole) {
			ByteArrayOutputStream out = new ByteArrayOutputStream();
			byte[] part = c.update(what, 0, 21);
			if (part != null)
				out.write(part);
			out.write(c.doFinal(what, 21, what.length - 21));
			return out.toByteArray();
		}
		c.updateAAD(text);
		return c.doFinal(what);
	}

	/* The same key, here and there. */
	static void encrypt(String what, String how, Key inside, Key outside,
	    AlgorithmParameterSpec iv, int length) {
		ok(what + ": " + how, () -> {
			byte[] in = new byte[length];
			new Random(length).nextBytes(in);
			byte[] out = crypt(token, how, Cipher.ENCRYPT_MODE,
			    inside, iv, in);
			same(crypt(token, how, Cipher.DECRYPT_MODE, inside, iv,
			    out), in);
			if (outside != null)
				same(crypt(java("Cipher", how.split("/")[0]),
				    how, Cipher.DECRYPT_MODE, outside, iv, out),
				    in);
		});
	}

	static void aes(String what, Key inside, Key outside) {
		IvParameterSpec iv = new IvParameterSpec(text, 0, 16);

		encrypt(what, "AES/ECB/NoPadding", inside, outside, null, 160);
		encrypt(what, "AES/ECB/PKCS5Padding", inside, outside, null,
		    1003);
		encrypt(what, "AES/CBC/NoPadding", inside, outside, iv, 160);
		encrypt(what, "AES/CBC/PKCS5Padding", inside, outside, iv,
		    1003);
		encrypt(what, "AES/CTR/NoPadding", inside, outside, iv, 1003);
		encrypt(what, "AES/GCM/NoPadding", inside, outside,
		    new GCMParameterSpec(128, text, 0, 12), 1003);
	}

	/* What has CKF_WRAP but not CKF_ENCRYPT is offered on request only, and
	 * not by Java 17.  The key that wraps is made for that. */
	static void wraps(String config) throws Exception {
		Provider more = Security.getProvider("SunPKCS11")
		    .configure(config);
		KeyStore same = KeyStore.getInstance("PKCS11", more);
		same.load(null, pin);
		for (String how : List.of("AES/KW/NoPadding",
		    "AES/KWP/NoPadding")) {
			if (more.getService("Cipher", how) == null)
				continue;
			ok(how, () -> {
				SecretKey key = new SecretKeySpec(text, 8, 24,
				    "AES");
				Key with = same.getKey("kek", null);
				Cipher c = Cipher.getInstance(how, more);
				c.init(Cipher.WRAP_MODE, with);
				byte[] wrapped = c.wrap(key);
				c = Cipher.getInstance(how, more);
				c.init(Cipher.UNWRAP_MODE, with);
				String ecb = "AES/ECB/PKCS5Padding";
				same(cipher(more, ecb, Cipher.ENCRYPT_MODE,
				    c.unwrap(wrapped, "AES", Cipher.SECRET_KEY),
				    text), cipher(java("Cipher", "AES"), ecb,
				    Cipher.ENCRYPT_MODE, key, text));
			});
		}
	}

	static void secrets() throws Exception {
		SecretKey key = new SecretKeySpec(text, 0, 32, "AES");
		KeyGenerator generator = KeyGenerator.getInstance("AES", token);

		aes("AES-256", key, key);
		key = new SecretKeySpec(text, 0, 16, "AES");
		aes("AES-128", key, key);
		generator.init(256);
		encrypt("a new key", "AES/CBC/PKCS5Padding",
		    generator.generateKey(), null,
		    new IvParameterSpec(text, 0, 16), 50);
		/* tests/consumers/java.t made it of a blob of these bytes */
		encrypt("the key of a blob", "AES/GCM/NoPadding",
		    keys.getKey("aes", null), new SecretKeySpec(
		    "0123456789abcdef".getBytes(), "AES"),
		    new GCMParameterSpec(128, text, 0, 12), 100);
		key = new SecretKeySpec(text, 0, 32, "ChaCha20");
		encrypt("ChaCha20", "ChaCha20-Poly1305", key, key,
		    new IvParameterSpec(text, 0, 12), 100);
	}

	static void hashes() {
		for (String h : HASHES) {
			String name = h.replaceAll("^SHA(?!3-)", "SHA-");
			ok(name, () -> {
				MessageDigest in = MessageDigest.getInstance(
				    name, token);
				MessageDigest out = MessageDigest.getInstance(
				    name, java("MessageDigest", name));
				in.update(text);
				/* that of SHA-3 is libcrypto's secret */
				if (!h.startsWith("SHA3"))
					same(((MessageDigest) in.clone())
					    .digest(), out.digest(text));
				in.update(text);
				out.update(text);
				same(in.digest(), out.digest(text));
			});
			String mac = "Hmac" + h;
			ok(mac, () -> {
				Key key = new SecretKeySpec(text, 0, 32, mac);
				Mac in = Mac.getInstance(mac, token);
				Mac out = Mac.getInstance(mac,
				    java("Mac", mac));
				in.init(key);
				out.init(key);
				same(in.doFinal(text), out.doFinal(text));
				in.update(text);
				same(in.doFinal(), out.doFinal(text));
			});
		}
		ok("random numbers", () -> {
			byte[] one = new byte[64];
			byte[] other = new byte[64];
			SecureRandom r = SecureRandom.getInstance("PKCS11",
			    token);
			r.nextBytes(one);
			r.nextBytes(other);
			yes(!Arrays.equals(one, other), "the same again");
		});
	}

	/* --- key pairs that are made ------------------------------------ */

	static KeyPair pair(Provider by, String algorithm,
	    AlgorithmParameterSpec how) throws Exception {
		KeyPairGenerator g = KeyPairGenerator.getInstance(algorithm,
		    by);
		g.initialize(how);
		return g.generateKeyPair();
	}

	static void agree(String algorithm, KeyPair in, KeyPair out)
	    throws Exception {
		KeyAgreement a = KeyAgreement.getInstance(algorithm, token);
		KeyAgreement b = KeyAgreement.getInstance(algorithm,
		    java("KeyAgreement", algorithm));
		a.init(in.getPrivate());
		a.doPhase(out.getPublic(), true);
		b.init(out.getPrivate());
		b.doPhase(in.getPublic(), true);
		same(a.generateSecret(), b.generateSecret());
	}

	static void pairs() throws Exception {
		for (String curve : List.of("secp256r1", "secp384r1",
		    "secp521r1")) {
			ECGenParameterSpec how = new ECGenParameterSpec(curve);
			KeyPair in = pair(token, "EC", how);
			KeyPair out = pair(java("KeyPairGenerator", "EC"),
			    "EC", how);
			ok("ECDH with " + curve, () -> agree("ECDH", in, out));
			sign(curve, in.getPrivate(), in.getPublic(),
			    "SHA256withECDSA", null);
			sign(curve + " from Java", out.getPrivate(),
			    out.getPublic(), "SHA256withECDSA", null);
		}
		ok("Diffie-Hellman", () -> {
			KeyPairGenerator g = KeyPairGenerator.getInstance("DH",
			    java("KeyPairGenerator", "DH"));
			g.initialize(2048);
			KeyPair out = g.generateKeyPair();
			agree("DH", pair(token, "DH", ((DHPublicKey)
			    out.getPublic()).getParams()), out);
		});
		AlgorithmParameterSpec f4 = new RSAKeyGenParameterSpec(2048,
		    RSAKeyGenParameterSpec.F4);
		KeyPair in = pair(token, "RSA", f4);
		sign("a new RSA key", in.getPrivate(), in.getPublic(),
		    "SHA256withRSA", null);
		KeyPair out = pair(java("KeyPairGenerator", "RSA"), "RSA", f4);
		sign("an RSA key from Java", out.getPrivate(), out.getPublic(),
		    "SHA256withRSA", null);
		KeyPairGenerator g = KeyPairGenerator.getInstance("DSA", token);
		g.initialize(2048);
		KeyPair dsa = g.generateKeyPair();
		sign("a new DSA key", dsa.getPrivate(), dsa.getPublic(),
		    "SHA256withDSA", null);
	}

	/* --- the token itself ------------------------------------------- */

	static void entries() {
		ok("a secret key comes, is used and goes", () -> {
			SecretKey key = new SecretKeySpec(text, 0, 32, "AES");
			String how = "AES/ECB/PKCS5Padding";
			keys.setEntry("mine", new KeyStore.SecretKeyEntry(key),
			    null);
			keys.load(null, pin);
			yes(keys.isKeyEntry("mine"), "it did not come");
			same(cipher(token, how, Cipher.ENCRYPT_MODE,
			    keys.getKey("mine", null), text),
			    cipher(java("Cipher", "AES"), how,
			    Cipher.ENCRYPT_MODE, key, text));
			keys.deleteEntry("mine");
			keys.load(null, pin);
			yes(!keys.containsAlias("mine"), "it is still there");
		});
		ok("a secret key that was made is kept", () -> {
			KeyGenerator g = KeyGenerator.getInstance("AES", token);
			keys.setEntry("made", new KeyStore.SecretKeyEntry(
			    g.generateKey()), null);
			keys.load(null, pin);
			yes(keys.isKeyEntry("made"), "it was not");
			keys.deleteEntry("made");
		});
	}

	static int signs(String alias, String algorithm) throws Exception {
		int count = 0;
		for (int i = 0; i < 100; i++)
			if (good(java("Signature", algorithm), open(alias),
			    algorithm, null, text, signed(token, secret(alias),
			    algorithm, null, text)))
				count++;
		return count;
	}

	static void threads() {
		ok("four threads sign 400 times", () -> {
			ExecutorService all = Executors.newFixedThreadPool(4);
			List<Future<Integer>> each = new ArrayList<>();
			for (int i = 0; i < 2; i++) {
				each.add(all.submit(() ->
				    signs("rsa", "SHA256withRSA")));
				each.add(all.submit(() ->
				    signs("ec", "SHA256withECDSA")));
			}
			for (Future<Integer> f : each)
				yes(f.get() == 100, "only " + f.get());
			all.shutdown();
		});
	}

	static void login() {
		ok("after a logout, and a login", () -> {
			AuthProvider door = (AuthProvider) token;
			PrivateKey key = secret("rsa");
			boolean signs;

			door.logout();
			try {
				signed(token, key, "SHA256withRSA", null, text);
				signs = true;
			} catch (GeneralSecurityException |
			    ProviderException e) {
				signs = false;
			}
			yes(!signs, "signs without a login");
			door.login(null, asked -> {
				for (Callback c : asked)
					((PasswordCallback) c).setPassword(pin);
			});
			keys.load(null, pin);
			signed(token, secret("rsa"), "SHA256withRSA", null,
			    text);
		});
	}

	public static void main(String[] args) throws Exception {
		token = Security.getProvider("SunPKCS11").configure(args[0]);
		Security.addProvider(token);
		pin = Files.readString(Path.of(args[1])).trim().toCharArray();
		keys = KeyStore.getInstance("PKCS11", token);
		keys.load(null, pin);
		signatures();
		rsa();
		secrets();
		wraps(args[2]);
		hashes();
		pairs();
		entries();
		threads();
		login();
		System.out.println("end");
	}
}
