# Runs a command where /opt, /var/task, /var/runtime and /var/lang/bin are the given folders, and writes nothing to the
# host: /var is an overlay whose upper half ends with the mount namespace. An empty NODE: no /var/lang/bin/node.
# Usage: official-namespace.sh SCRATCH OPT TASK RUNTIME LANG_BIN NODE COMMAND …
set -euo pipefail
scratch=$1 opt=$2 task=$3 runtime=$4 lang_bin=$5 node=$6
shift 6
mount -t tmpfs tmpfs "$scratch"
mkdir "$scratch/upper" "$scratch/work"
mount -t overlay overlay -o "lowerdir=/var,upperdir=$scratch/upper,workdir=$scratch/work" /var
mkdir -p /var/task /var/runtime /var/lang/bin
mount --bind "$opt" /opt
mount --bind "$task" /var/task
# As on Lambda. Without root a remount may be refused.
for folder in /opt /var/task; do
	mount -o remount,bind,ro "$folder" 2>/dev/null || true
done
mount --bind "$runtime" /var/runtime
mount --bind "$lang_bin" /var/lang/bin
if [ -n "$node" ]; then
	touch /var/lang/bin/node
	mount --bind "$node" /var/lang/bin/node
fi
cd /var/task
exec "$@" 2>&1
