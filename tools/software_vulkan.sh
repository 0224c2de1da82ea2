#!/usr/bin/env bash
# Installs a software Vulkan adapter (Mesa's lavapipe) on Debian, as root, so that the WebGPU tests run on a machine
# without a GPU. Does nothing where a recent enough one is there. Ends with a non-zero status, and the reason as the
# last line, where none can be had.
set -euo pipefail
trap 'echo "line $LINENO of $0 failed"' ERR
export DEBIAN_FRONTEND=noninteractive

# Dawn refuses Mesa 22, which is Debian 12's own; with 25 every test passes.
readonly needed=25

fail() {
  echo "$1"
  exit 1
}

mesa_version() {
  dpkg-query --show --showformat='${Version}' mesa-vulkan-drivers 2>/dev/null || true
}

is_recent() {
  local version
  version=$(mesa_version)
  [[ -n $version ]] && dpkg --compare-versions "$version" ge "$needed" &&
    compgen -G '/usr/share/vulkan/icd.d/lvp_icd*.json' >/dev/null
}

# Prints a source of packages like the one that the machine already has for suite $1, but for suite $1-backports.
backports_source() {
  { cat /etc/apt/sources.list.d/*.sources 2>/dev/null || true; } | awk -v suite="$1" '
    BEGIN { RS = ""; FS = "\n" }
    done { next }
    {
      stanza = ""
      for (i = 1; i <= NF; i++) {
        if ($i ~ "^Suites:.*[ \t]" suite "([ \t]|$)") { done = 1; $i = "Suites: " suite "-backports" }
        stanza = stanza $i "\n"
      }
      if (done) printf "%s", stanza
    }'
}

# The same for the older form with one source a line.
backports_line() {
  { cat /etc/apt/sources.list /etc/apt/sources.list.d/*.list 2>/dev/null || true; } |
    awk -v suite="$1" '
      $1 == "deb" {
        for (i = 2; i <= NF; i++) if ($i == suite) { $i = suite "-backports"; print; exit }
      }'
}

add_backports() {
  local suite=$1 text
  text=$(backports_source "$suite")
  if [[ -n $text ]]; then
    echo "$text" >"/etc/apt/sources.list.d/$suite-backports.sources"
    return
  fi
  text=$(backports_line "$suite")
  [[ -n $text ]] || fail "no package source for $suite found in /etc/apt"
  echo "$text" >"/etc/apt/sources.list.d/$suite-backports.list"
}

if is_recent; then
  echo "a software Vulkan adapter is installed: Mesa $(mesa_version)"
  exit 0
fi
[[ $(id -u) -eq 0 ]] || fail "installing a software Vulkan adapter needs root: run $0 as root"
command -v apt-get >/dev/null || fail "there is no apt-get here: install Mesa's lavapipe (at least version $needed) by hand"

# shellcheck source=/dev/null
suite=$(. /etc/os-release && echo "${VERSION_CODENAME:-}")
from=()
if [[ $suite == bookworm ]]; then
  add_backports "$suite"
  from=(--target-release "$suite-backports")
fi
apt-get update -qq || fail "the lists of packages cannot be read"
apt-get install -y -qq --no-install-recommends "${from[@]}" mesa-vulkan-drivers libvulkan1 ||
  fail "the packages mesa-vulkan-drivers and libvulkan1 cannot be installed"
is_recent || fail "Mesa $(mesa_version) was installed, but Dawn needs at least $needed"
echo "installed a software Vulkan adapter: Mesa $(mesa_version)"
