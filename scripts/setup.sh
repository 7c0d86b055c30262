# Sourced by the other scripts: finds out which packages are missing and installs them.
# shellcheck shell=bash

repository=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
cores=$(nproc)
# One cache for all clones of this repository.
export CCACHE_BASEDIR=${CCACHE_BASEDIR:-$repository} CCACHE_NOHASHDIR=1

die() {
  echo "error: $*" >&2
  exit 1
}

# step TEXT: what is being done now, and since when.
step() {
  printf '\n== [%3d:%02d] %s\n' $((SECONDS / 60)) $((SECONDS % 60)) "$*"
}

# packages_of GROUP...: the packages of these groups of packages.txt.
packages_of() {
  local group
  for group in "$@"; do
    awk -v wanted="[$group]" '
      /^\[/ { inside = ($0 == wanted); next }
      inside && !/^#/ && NF { print $1 }' "$repository/scripts/packages.txt"
  done
}

# missing_of GROUP...: those of them that are not installed (nor provided by another package).
missing_of() {
  local package
  for package in $(packages_of "$@"); do
    if ! dpkg-query -W -f '${db:Status-Status}\n' "$package" 2>/dev/null | grep -qx installed &&
      ! dpkg-query -W -f '${db:Status-Status} ${Provides}\n' 2>/dev/null |
        grep -E "^installed .*(^|[ ,])$package( |,|\$)" >/dev/null; then
      echo "$package"
    fi
  done
}

# need_packages INSTALL GROUP...: silent when all is there. INSTALL=no lists what is missing and
# stops.
need_packages() {
  local install=$1 missing
  shift
  if ! command -v dpkg-query >/dev/null; then
    echo "This is no Debian or Ubuntu; CMake will say what it misses. Needed:" \
      "$(packages_of "$@" | xargs)" >&2
    return
  fi
  missing=$(missing_of "$@" | xargs)
  [[ -z $missing ]] && return
  if [[ $install == no ]]; then
    echo "Missing packages: $missing" >&2
    echo "Install them: apt-get install --no-install-recommends $missing" >&2
    exit 1
  fi
  local as_root=()
  if [[ $(id -u) != 0 ]]; then
    command -v sudo >/dev/null ||
      die "these packages are missing, and there is neither root nor sudo: $missing"
    as_root=(sudo)
  fi
  step "Installing $(wc -w <<<"$missing") packages: $missing"
  "${as_root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get update -q ||
    echo "warning: apt-get update failed; trying with the package lists that are here" >&2
  # shellcheck disable=SC2086
  "${as_root[@]}" env DEBIAN_FRONTEND=noninteractive \
    apt-get install -y -q --no-install-recommends $missing ||
    die "apt-get could not install: $missing"
}

# configure PRESET [-D...]...
configure() {
  local preset=$1 settings=("${@:2}")
  [[ -n ${SAM6D_SHARED:-} ]] && settings+=("-DSAM6D_SHARED=$SAM6D_SHARED")
  (cd "$repository" && cmake --preset "$preset" "${settings[@]}" >"$repository/build/$preset.log" \
    2>&1) || {
    cat "$repository/build/$preset.log" >&2
    return 1
  }
}

# configure_and_build PRESET [TARGET|-D...]...
configure_and_build() {
  local preset=$1 targets=() settings=()
  shift
  local argument
  for argument in "$@"; do
    if [[ $argument == -D* ]]; then settings+=("$argument"); else targets+=("$argument"); fi
  done
  configure "$preset" "${settings[@]}" || return 1
  cmake --build "$repository/build/$preset" -j "$cores" ${targets:+--target "${targets[@]}"}
}
