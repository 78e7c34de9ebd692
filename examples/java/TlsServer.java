/* SPDX-License-Identifier: BSD-2-Clause
 *
 * A web server whose key is in the token; the client is asked for a
 * certificate:
 *
 *	java TlsServer.java CONFIG PINFILE CAFILE PORT
 *
 * It answers each request with the name of the client.
 */
import java.io.*;
import java.net.Socket;
import java.nio.file.*;
import java.security.*;
import java.security.cert.CertificateFactory;
import javax.net.ssl.*;

public class TlsServer {
	static SSLContext context(String[] args) throws Exception {
		Provider token = Security.getProvider("SunPKCS11")
		    .configure(args[0]);
		Security.addProvider(token);
		KeyStore keys = KeyStore.getInstance("PKCS11", token);
		keys.load(null, Files.readString(Path.of(args[1])).trim()
		    .toCharArray());
		KeyManagerFactory own = KeyManagerFactory.getInstance("PKIX");
		own.init(keys, null);

		KeyStore trusted = KeyStore.getInstance("PKCS12");
		trusted.load(null, null);
		try (InputStream in = Files.newInputStream(Path.of(args[2]))) {
			trusted.setCertificateEntry("ca", CertificateFactory
			    .getInstance("X.509").generateCertificate(in));
		}
		TrustManagerFactory others = TrustManagerFactory
		    .getInstance("PKIX");
		others.init(trusted);

		SSLContext context = SSLContext.getInstance("TLS");
		context.init(own.getKeyManagers(), others.getTrustManagers(),
		    null);
		return context;
	}

	static void answer(SSLSocket socket) throws IOException {
		BufferedReader in = new BufferedReader(
		    new InputStreamReader(socket.getInputStream()));
		for (String line = in.readLine();
		     line != null && !line.isEmpty();)
			line = in.readLine();
		SSLSession session = socket.getSession();
		String text = "hello " + session.getPeerPrincipal() + ", " +
		    session.getProtocol() + "\n";
		socket.getOutputStream().write(("HTTP/1.0 200 OK\r\n\r\n" +
		    text).getBytes());
	}

	public static void main(String[] args) throws Exception {
		SSLServerSocket server = (SSLServerSocket) context(args)
		    .getServerSocketFactory()
		    .createServerSocket(Integer.parseInt(args[3]));
		server.setNeedClientAuth(true);
		for (;;)
			try (Socket socket = server.accept()) {
				answer((SSLSocket) socket);
			} catch (IOException e) {
				System.err.println(e);
			}
	}
}
