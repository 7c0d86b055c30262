#!/usr/bin/env bash
# scripts/fetch-models against a folder that plays the publisher. fetch_models.sh SCRIPT WORK_DIR
set -euo pipefail
script=$1
work=$2
command -v curl >/dev/null || { echo "SKIPPED: curl is missing"; exit 77; }
rm -rf "$work"
mkdir -p "$work/server"

fails() {
  echo "expected $*" >&2
  exit 1
}

# A file of which no checksum is known is taken when it is an archive, and fetched once.
printf 'PK\003\004 first half, second half' >"$work/server/sam-6d-pem-base.pth"
mkdir -p "$work/models"
printf 'PK\003\004 first half,' >"$work/models/sam-6d-pem-base.pth.part"  # an earlier call was stopped
"$script" --to "$work/models" --from "file://$work/server" sam-6d-pem-base.pth
cmp "$work/server/sam-6d-pem-base.pth" "$work/models/sam-6d-pem-base.pth" || fails "the whole file"
[[ ! -e $work/models/sam-6d-pem-base.pth.part ]] || fails "the part to be renamed"
rm "$work/server/sam-6d-pem-base.pth"
"$script" --to "$work/models" --from "file://$work/server" sam-6d-pem-base.pth ||
  fails "a file that is there not to be fetched again"

# What has another checksum, or is a page instead of a file, is not kept.
echo PK >"$work/server/sam_vit_b_01ec64.pth"
echo '<html>' >"$work/server/FastSAM-x.pt"
for name in sam_vit_b_01ec64.pth FastSAM-x.pt; do
  if "$script" --to "$work/models" --from "file://$work/server" "$name" 2>"$work/said"; then
    fails "$name to be refused"
  fi
  grep -q "$name" "$work/said" || fails "$name to be named"
  [[ ! -e $work/models/$name && ! -e $work/models/$name.part ]] || fails "$name not to be kept"
done

# A file that is not on the server is an error that says so, and so is one that nobody publishes.
if "$script" --to "$work/models" --from "file://$work/server" sam_vit_l_0b3195.pth 2>/dev/null; then
  fails "a missing file to be an error"
fi
if "$script" --to "$work/models" other.pth 2>"$work/said"; then fails "other.pth to be refused"; fi
grep -q 'sam_vit_h_4b8939.pth' "$work/said" || fails "the known names to be listed"
