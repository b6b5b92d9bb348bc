# Makes stand-ins for Lambda's Python and Node.js images: a minimal Debian and AWS's runtime client. The one for Python has no Node.js.
# Usage: base-image.sh SCRATCH PIP_PYTHON NODE NODE_CLIENT   writes SCRATCH/python.tar and SCRATCH/nodejs.tar; PIP_PYTHON has pip
set -euo pipefail
scratch=$1 pip_python=$2 node=$3 node_client=$4
root=$scratch/root

# For functions that are zips, and for functions that are images.
write_entries() {
	printf '#!/bin/sh\n%s "$_HANDLER"\n' "$1" >"$root/var/runtime/bootstrap"
	printf '#!/bin/sh\n%s "$@"\n' "$1" >"$root/lambda-entrypoint.sh"
	chmod 755 "$root/var/runtime/bootstrap" "$root/lambda-entrypoint.sh"
}

bootstrap() {
	rm -rf "$root"
	debootstrap --variant=minbase --include=python3,ca-certificates bookworm "$root"
}
# A mirror may hesitate.
bootstrap || bootstrap || bootstrap
rm -rf "$root"/var/cache/apt/* "$root"/var/lib/apt/lists/* "$root"/usr/share/doc "$root"/usr/share/locale
mkdir -p "$root/var/task" "$root/var/runtime"

version=$(basename "$(readlink "$root/usr/bin/python3")" | tr -d -c '0-9.')
# Wheels for the image's Python, whatever this machine's is.
"$pip_python" -m pip install --quiet --disable-pip-version-check --target "$root/var/runtime" \
	--python-version "$version" --only-binary=:all: \
	--platform manylinux2014_x86_64 --platform manylinux_2_28_x86_64 --platform manylinux_2_34_x86_64 \
	awslambdaric==4.2.2
write_entries 'cd /var/task && PYTHONPATH=/var/runtime exec python3 -m awslambdaric'
tar --create --file "$scratch/python.tar" --directory "$root" .

rm -r "$root/var/runtime"
mkdir -p "$root/var/runtime" "$root/var/lang/bin"
install -m 755 "$node" "$root/var/lang/bin/node"
cp "$node_client/index.mjs" "$node_client/rapid-client.node" "$root/var/runtime"
write_entries 'cd /var/task && exec /var/lang/bin/node /var/runtime/index.mjs'
tar --create --file "$scratch/nodejs.tar" --directory "$root" .
