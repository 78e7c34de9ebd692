# SPDX-License-Identifier: BSD-2-Clause
# shellcheck shell=sh
#
# What the tests with browsers share: two sites on the loopback, each of which
# wants a client's certificate of another authority and says whose it saw.  A
# browser that is to choose by itself has one for each: rsa of ca.crt, ec of
# other.crt.

# The EC key gets a certificate of another authority, in the file and in the
# token.
other_authority() {
	openssl req -new -x509 -newkey rsa:2048 -nodes \
		-keyout "$work/other.key" -subj "/CN=Other CA" -days 30 \
		-out "$here/other.crt" &&
		openssl x509 -req -in "$work/ec.csr" -CA "$here/other.crt" \
			-CAkey "$work/other.key" -CAcreateserial \
			-copy_extensions copy -days 30 -outform DER \
			-out "$here/ec.der" &&
		as_user pkcs11-tool --module "$module" --login \
			--delete-object --type cert --id 02 &&
		as_user pkcs11-tool --module "$module" --login \
			--write-object ec.der --type cert --id 02 --label ec
}

# site PORT AUTHORITY
# shellcheck disable=SC2016 # for nginx
site() {
	printf 'server {
	listen 127.0.0.1:%s ssl;
	ssl_certificate %s/rsa.crt;
	ssl_certificate_key %s/rsa.key;
	ssl_client_certificate %s/%s;
	ssl_verify_client on;
	default_type text/html;
	location / {
		return 200 "<title>hello $ssl_client_s_dn</title>hello $ssl_client_s_dn";
	}
}
' "$1" "$here" "$work" "$here" "$2"
}

# On ports 4671 (ca.crt) and 4672 (other.crt).
sites() {
	unused 4671
	unused 4672
	chmod 644 "$work/rsa.key"
	{
		echo "daemon off; master_process off; error_log stderr;"
		echo "pid $HOME/nginx.pid; events { } http { access_log off;"
		for part in client_body proxy fastcgi uwsgi scgi; do
			echo "${part}_temp_path $HOME/nginx.tmp;"
		done
		site 4671 ca.crt
		site 4672 other.crt
		echo "}"
	} >"$work/nginx.conf"
	ok "another authority for the EC key" other_authority
	launch nginx nginx -e stderr -p "$HOME" -c "$work/nginx.conf"
	ok "two sites want certificates" answers 4672
	answers 4672 || comment <"$work/nginx.out"
}
