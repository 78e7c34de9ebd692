#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
#
# An SSH agent signs with the keys of the token.  It starts a helper of its
# own for the module, which no sanitizer's runtime reaches.
set -u
# shellcheck source=common.sh
. "$(dirname "$0")/common.sh"
need ssh-keygen ssh-agent ssh-add pkcs11-tool
bail_without_token

for type in rsa:2048 EC:prime256v1 EC:secp384r1 EC:secp521r1; do
	id=$((${id:-20} + 1))
	ok "generate $type" tool_in --keypairgen --key-type $type --id $id \
		--label "ssh $type"
done
ssh-keygen -D "$CNG_MODULE" >keys.pub 2>out

# The agent's allow-list is widened to the place where the module was built.
module_dir=$(dirname "$(readlink -f "$CNG_MODULE")")
eval "$(ssh-agent -P "$module_dir/*" -s)" >agent.out
trap 'status=$?; ssh-agent -k >agent.out 2>&1; rm -rf "$work"; exit $status' EXIT
printf '#!/bin/sh\necho %s\n' "$pin" >askpass
chmod 700 askpass
export SSH_ASKPASS="$PWD/askpass" SSH_ASKPASS_REQUIRE=force
ok "ssh-add takes the token" ssh-add -s "$CNG_MODULE"
says "ssh-add -l lists its keys" "ssh rsa:2048.*RSA" ssh-add -l
echo "a message" >message
n=0
while read -r key; do
	n=$((n + 1))
	name=${key%% *}
	echo "$key" >key.pub
	echo "me ${key}" >allowed
	rm -f message.sig
	ok "the agent signs with $name" ssh-keygen -Y sign -f key.pub \
		-n compat message
	count=$((count + 1))
	if ssh-keygen -Y verify -f allowed -I me -n compat \
		-s message.sig <message >out 2>&1; then
		echo "ok $count - ... and ssh-keygen verifies"
	else
		echo "not ok $count - ... and ssh-keygen verifies"
		comment <out
	fi
done <keys.pub
ok "all four were tried" test "$n" = 4
ok "ssh-add lets go of the token" ssh-add -e "$CNG_MODULE"

finish
