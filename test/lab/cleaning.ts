import { quote } from './shell.ts';

/**
 * Removes everything of one lab: machines, links, loop devices, mounts, disks. Safe to run twice, and on a half-made lab.
 * One shell script, because an exiting process can only wait for a synchronous child.
 */
export function cleanScript(lab: { id: string; directory: string; hiddenNetwork: string }): string {
  const directory = quote(lab.directory);
  return `
unshare --mount sh -c '
  mount --make-rprivate /
  mount -t cgroup2 none /sys/fs/cgroup
  group=/sys/fs/cgroup/${lab.id}
  [ -d $group ] || exit 0
  for attempt in $(seq 100); do
    echo 1 >$group/cgroup.kill
    grep -q "populated 0" $group/cgroup.events && break
    sleep 0.1
  done
  find $group -depth -type d -exec rmdir {} +
'
[ -d /sys/fs/cgroup/memory/${lab.id} ] && find /sys/fs/cgroup/memory/${lab.id} -depth -type d -exec rmdir {} +
for link in /sys/class/net/${lab.id}*; do
  [ -e $link ] && ip link del $(basename $link)
done
ip route del unreachable ${lab.hiddenNetwork}.0/24 2>/dev/null
for disk in ${directory}/machines/*/disks/*.img ${directory}/memory/*/disks/*.img; do
  [ -e "$disk" ] && losetup --noheadings --output NAME --associated "$disk" | xargs --no-run-if-empty losetup --detach
done
while mountpoint -q ${directory}/memory; do umount -l ${directory}/memory || break; done
rm -rf ${directory}
true`;
}
