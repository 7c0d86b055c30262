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
  # shellcheck disable=SC2086
  install_packages $missing || die "these packages are missing and could not be installed: $missing"
}

# install_packages PACKAGE...
install_packages() {
  local as_root=()
  if [[ $(id -u) != 0 ]]; then
    command -v sudo >/dev/null || {
      echo "There is neither root nor sudo to install: $*" >&2
      return 1
    }
    as_root=(sudo)
  fi
  step "Installing $# packages: $*"
  "${as_root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get update -q ||
    echo "warning: apt-get update failed; trying with the package lists that are here" >&2
  "${as_root[@]}" env DEBIAN_FRONTEND=noninteractive \
    apt-get install -y -q --no-install-recommends "$@"
}

# need_torch INSTALL [CMAKE_SETTING...]: installs LibTorch, which not every distribution has. Leaves
# in the array torch_settings what a build needs: nothing, or that it shall do without, which is
# said. With settings that name a LibTorch or do without one, nothing is installed.
need_torch() {
  local install=$1 missing setting
  torch_settings=()
  for setting in "${@:2}"; do
    [[ $setting == -DTorch_DIR=* || $setting == -DSAM6D_WITH_TORCH=* ]] && return
  done
  command -v dpkg-query >/dev/null || return 0  # CMake will say what it misses
  missing=$(missing_of torch | xargs)
  [[ -z $missing ]] && return
  if [[ $install == no ]]; then
    echo "Missing packages for the networks: $missing" >&2
    echo "Install them: apt-get install --no-install-recommends $missing" >&2
  else
    # shellcheck disable=SC2086
    install_packages $missing && return
  fi
  missing=$(missing_of torch | xargs)
  [[ $missing != *libtorch* ]] && return  # a slow BLAS is no reason to do without; CMake warns of it
  step "WITHOUT NETWORKS: LibTorch is not here ($missing), sam6d::neural is not built or tested"
  torch_settings=(-DSAM6D_WITH_TORCH=OFF)
}

# Prints where nvcc is, or fails.
find_nvcc() {
  command -v nvcc && return
  local nvcc=${CUDA_HOME:-/usr/local/cuda}/bin/nvcc
  [[ -x $nvcc ]] && echo "$nvcc"
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
